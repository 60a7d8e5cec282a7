"""Estimating: the evidence as known at a moment goes in, an estimate with its interval and its assumptions is kept."""

from __future__ import annotations

from datetime import date, datetime
from time import perf_counter
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.diversion.evidence import bundle_of
from enduse.diversion.models import Estimate
from enduse.engines import evidence
from enduse.ledger.actions import record
from enduse.parties.actions import post_record_line
from enduse.parties.models import Party, RecordLine
from enduse.references import next_reference
from enduse.refusals import Invalid, Problem, Refused

METHOD = "random checks and counts, pooled"
SUGGESTIONS = 10


def estimate(
    *, until: date | None = None, by: User, end_user: Party | None = None, known_at: datetime | None = None, seed: int = 0, draws: int = 4000,
) -> Estimate:
    """Estimate what had left lawful hands by `until`, from what was recorded by `known_at` (default: now).

    The end users' records get their line. Invalid: a day to come, too few draws. Refused: nothing was delivered by then.
    """
    permit(by, "diversion.estimate")
    now = clock.now()
    known_at = known_at or now
    until = until or now.date()
    if until > now.date() or known_at > now:
        raise Invalid(Problem(_("This day is still to come."), _("Estimate up to today."), field="until", found=str(until)))
    if not 100 <= draws <= 100_000:
        raise Invalid(Problem(_("Between 100 and 100,000 draws can be made."), _("4,000 is a good number."), field="draws", found=str(draws)))
    started = perf_counter()
    found = draw(until=until, known_at=known_at, end_user=end_user, seed=seed, draws=draws)
    result = found.as_dict()
    result["narrow"] = [
        {"unit_id": each.unit_id, "serials": each.serials, "width_now": each.width_now, "width_expected": each.width_expected, "shrink": each.shrink}
        for each in evidence.what_would_narrow_it(found, seed=seed)[:SUGGESTIONS]
    ]
    seconds = perf_counter() - started
    with transaction.atomic():
        kept = record(
            Estimate(reference=next_reference(Estimate, "E"), end_user=end_user, until=until, known_at=known_at, method=METHOD, seed=seed,
                     result=result, seconds=seconds), by=by)
        _post(kept, result)
    return kept


def draw(*, until: date, known_at: datetime, end_user: Party | None, seed: int, draws: int) -> evidence.Estimate:
    """The posterior draws themselves: the same arguments give the same draws. Refused: nothing was delivered by then."""
    try:
        return evidence.estimate(bundle_of(until=until, known_at=known_at, end_user=end_user), until=until, seed=seed, draws=draws)
    except evidence.EvidenceError as error:
        raise Refused(_("Nothing can be estimated: %(why)s"), _("Record deliveries first, or choose a later day."), why=error.reason) from error


def again(kept: Estimate) -> evidence.Estimate:
    """The draws of a kept estimate, made again from its evidence and its seed."""
    draws = int(kept.result["diagnostics"]["draws"])
    return draw(until=kept.until, known_at=kept.known_at, end_user=kept.end_user, seed=kept.seed, draws=draws)


def _post(kept: Estimate, result: dict[str, Any]) -> None:
    """Each end user's record learns what share of what it holds is estimated to have left."""
    for party in Party.objects.filter(pk__in=[int(pk) for pk in result["by_end_user"]]):
        figures = result["by_end_user"][str(party.pk)]
        post_record_line(
            party, RecordLine.ESTIMATED,
            {"delivered": figures["delivered"], "q025": figures["q025"], "q50": figures["q50"], "q975": figures["q975"],
             "share_q025": figures["share"]["q025"], "share_q50": figures["share"]["q50"], "share_q975": figures["share"]["q975"]},
            rests_on=f"estimate {kept.reference}", as_of=kept.until)
