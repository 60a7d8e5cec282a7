"""What deliveries tell licensing of an end user: posted down when it happens, for its next assessment to answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from enduse.custody.models import Firearm
from enduse.deliveries.models import Consignment, ConsignmentStep
from enduse.licensing.actions import end_sign, post_sign
from enduse.screening.queries import NOT_SCREENED, OPEN_HITS, TRUE_MATCH, state_of

VERIFIED_WITHIN_DAYS = 30
# So many firearms of a make and model are looked at, and at least so many make a pattern.
EARLIER_LOOKED_AT, EARLIER_NEEDED = 500, 20
CARRIER, OTHER_WAY, SERIALS, UNVERIFIED, DISCREPANT = "R04", "R05", "I03", "S01", "S02"


def post_declared(consignment: Consignment, firearms: Sequence[Firearm]) -> None:
    """What a declaration shows: a carrier that is not clear, another way than the application's, serials of a strange form."""
    if state_of(consignment.carrier).state in {NOT_SCREENED, OPEN_HITS, TRUE_MATCH}:
        _post(consignment, CARRIER, {"carrier": consignment.carrier.name})
    expected = consignment.licence.application.transit_countries
    if consignment.through is not None and sorted(consignment.through) != sorted(expected):
        _post(consignment, OTHER_WAY, {"through": sorted(consignment.through), "expected": sorted(expected)})
    _post_odd_serials(consignment, firearms)


def post_arrived(consignment: Consignment, step: ConsignmentStep) -> None:
    """From a day on the delivery is overdue for verification; what was missing or too many stays a sign."""
    days = next((int(each["parameters"]["days"]) for each in consignment.licence.conditions if each.get("code") == "DVC"), VERIFIED_WITHIN_DAYS)
    due = step.on + timedelta(days=days)
    post_sign(UNVERIFIED, end_user=consignment.licence.end_user_of(consignment.reference), source=consignment.reference, seen_on=step.on,
              facts={"due": due.isoformat()}, counts_from=due + timedelta(days=1))
    if step.step == Consignment.DISCREPANT:
        post_sign(DISCREPANT, end_user=consignment.licence.end_user_of(consignment.reference), source=consignment.reference, seen_on=step.on, facts={
            "missing": step.missing or 0, "sent": (step.missing or 0) + (step.received or 0), "unexpected": len(step.unexpected)})


def end_unverified(consignment: Consignment) -> None:
    end_sign(UNVERIFIED, source=consignment.reference)


def form_of(serial: str) -> str:
    """The form of a serial: 9 for each digit, A for each letter."""
    return re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", serial))


def _post_odd_serials(consignment: Consignment, firearms: Sequence[Firearm]) -> None:
    """Each make and model against the forms of its earlier firearms; without enough of them there is no pattern to differ from."""
    own = {gun.pk for gun in firearms}
    for make, model in sorted({(gun.make, gun.model) for gun in firearms}):
        rows = Firearm.objects.filter(make=make, model=model).exclude(manifest_lines__consignment=consignment)
        earlier = [serial for pk, serial in rows.order_by("-pk").values_list("pk", "serial_key")[:EARLIER_LOOKED_AT] if pk not in own]
        if len(earlier) < EARLIER_NEEDED:
            continue
        forms = {form_of(serial) for serial in earlier}
        of_this = [gun for gun in firearms if (gun.make, gun.model) == (make, model)]
        odd = [gun for gun in of_this if form_of(gun.serial_key) not in forms]
        if odd:
            _post(consignment, SERIALS, {"odd": len(odd), "all": len(of_this), "model": f"{odd[0].make_name} {model}".strip(),
                                         "form": form_of(odd[0].serial_key)})
            return


def _post(consignment: Consignment, code: str, facts: dict[str, object]) -> None:
    post_sign(code, end_user=consignment.licence.end_user_of(consignment.reference), source=consignment.reference, seen_on=consignment.declared_on, facts=facts)
