"""The derived state: who answers for each firearm now. Kept with each event, rebuildable from the events alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from enduse.custody.models import CustodyEvent, CustodyItem, Firearm, Holding
from enduse.parties.models import Party
from enduse.refusals import Refused

AT_ONCE = 5_000
# What each sort of event makes of a firearm: its state, and which side of the event answers for it.
EFFECTS: dict[str, tuple[str, str]] = {
    CustodyEvent.MANUFACTURED: (Holding.HELD, "to"),
    CustodyEvent.SHIPPED: (Holding.IN_TRANSIT, "to"),
    CustodyEvent.RECEIVED: (Holding.HELD, "to"),
    CustodyEvent.ISSUED: (Holding.HELD, "to"),
    CustodyEvent.TRANSFERRED: (Holding.HELD, "to"),
    CustodyEvent.FOUND: (Holding.HELD, "to"),
    CustodyEvent.LOST: (Holding.LOST, "from"),
    CustodyEvent.STOLEN: (Holding.LOST, "from"),
    CustodyEvent.DESERTED_WITH: (Holding.LOST, "from"),
    CustodyEvent.NOT_SIGHTED: (Holding.LOST, "from"),
    CustodyEvent.LOST_IN_TRANSIT: (Holding.LOST, "from"),
    CustodyEvent.RECOVERED: (Holding.RECOVERED, "to"),
    CustodyEvent.DESTROYED: (Holding.DESTROYED, "from"),
}


@dataclass(frozen=True)
class Drift:
    """A firearm whose kept state is not what its events say."""

    firearm: int
    kept: str
    explained: str


def chunks(firearms: Sequence[Firearm]) -> Iterator[list[int]]:
    for first in range(0, len(firearms), AT_ONCE):
        yield [gun.pk for gun in firearms[first:first + AT_ONCE]]


def refuse_unless(firearms: Sequence[Firearm], *, state: str, party: Party) -> None:
    """Rule 4: a firearm leaves only from where it is. The holdings are locked until the transaction ends."""
    for keys in chunks(firearms):
        rows = Holding.objects.select_for_update().filter(firearm__in=keys).values_list("firearm_id", "state", "party_id")
        held = {firearm: (now, holder) for firearm, now, holder in rows}
        wrong = next((key for key in keys if held.get(key) != (state, party.pk)), None)
        if wrong is not None:
            _refuse_elsewhere(wrong, party, is_registered=wrong in held)


def _refuse_elsewhere(key: int, party: Party, *, is_registered: bool) -> None:
    gun = Firearm.objects.get(pk=key)
    if not is_registered:
        raise Refused(_("%(gun)s has no holder in the register."), _("Run `enduse rebuild` and tell the administrator."), rule=4, gun=gun.tail)
    # Where it is instead is not said: it may be outside what this person sees (rule 10).
    raise Refused(_("%(gun)s is not with %(party)s now, by the record."), _("Look at its history, or take it off the list."),
                  rule=4, gun=f"{gun.make_name} {gun.tail}", party=str(party))


def set_all(firearms: Sequence[Firearm], event: CustodyEvent, *, state: str, party: Party) -> None:
    for keys in chunks(firearms):
        Holding.objects.filter(firearm__in=keys).update(event=event, state=state, party=party)


def explained(firearm_ids: Sequence[int]) -> dict[int, tuple[str, int, int]]:
    """What the events say of each firearm: (state, party id, event id), leaving out corrected events."""
    lines = (
        CustodyItem.objects.filter(firearm__in=firearm_ids, event__corrections=None)
        .exclude(event__sort=CustodyEvent.CORRECTED).order_by("event_id")
        .values_list("firearm_id", "event_id", "event__sort", "event__from_party_id", "event__to_party_id")
    )
    says: dict[int, tuple[str, int, int]] = {}
    for firearm, event, sort, from_party, to_party in lines:
        state, side = EFFECTS[sort]
        says[firearm] = (state, to_party if side == "to" else from_party, event)
    return says


def replay(firearms: Sequence[Firearm]) -> None:
    """Set the holdings of these firearms to what their events say."""
    for keys in chunks(firearms):
        for firearm, (state, party, event) in explained(keys).items():
            Holding.objects.filter(firearm=firearm).update(state=state, party_id=party, event_id=event)


def rebuild() -> list[Drift]:
    """Compare every holding with the events, mend what differs, and say what that was."""
    drifts: list[Drift] = []
    last = 0
    while keys := list(Firearm.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        last = keys[-1]
        kept = {row.firearm_id: (row.state, row.party_id, row.event_id) for row in Holding.objects.filter(firearm__in=keys)}
        for key, says in explained(keys).items():
            if kept.get(key) != says:
                drifts.append(Drift(key, str(kept.get(key)), str(says)))
                Holding.objects.update_or_create(firearm_id=key, defaults={"state": says[0], "party_id": says[1], "event_id": says[2]})
    return drifts
