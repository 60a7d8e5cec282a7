"""Other floors post what they saw of an end user, and end it when it no longer holds. Called by their actions, never by a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from enduse import clock
from enduse.licensing.licences import Licence
from enduse.licensing.signs import DutyDone, Sign
from enduse.parties.models import Party


def post_sign(
    code: str, *, end_user: Party, source: str, seen_on: date, facts: Mapping[str, Any] | None = None, counts_from: date | None = None,
) -> Sign:
    """What was seen bears on the end user's next assessment, from a day on. Posted again for the same record, it is put anew."""
    sign, _made = Sign.objects.update_or_create(
        code=code, source=source[:60], end_user=end_user.end_user,
        defaults={"facts": dict(facts or {}), "seen_on": seen_on, "counts_from": counts_from or seen_on, "ended_on": None, "posted_at": clock.now()})
    return sign


def end_sign(code: str, *, source: str, on: date | None = None) -> None:
    """It no longer holds: the delivery was verified, the trace corrected."""
    Sign.objects.filter(code=code, source=source[:60], ended_on=None).update(ended_on=on or clock.today())


def post_duty_done(licence: Licence, code: str, *, source: str, quantity: int, on: date) -> DutyDone:
    """A floor did something that a condition of this licence asks for."""
    done, _made = DutyDone.objects.update_or_create(licence=licence, code=code, source=source[:60], defaults={"quantity": quantity, "done_on": on})
    return done
