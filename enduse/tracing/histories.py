"""What became of a traced firearm: its chain of holders, how long it took, where and how it left lawful hands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enduse.custody.models import CustodyEvent, CustodyItem, Firearm
from enduse.licensing.models import Licence
from enduse.parties.models import Party
from enduse.reference import table
from enduse.tracing.models import Confirmation, Recovery, TraceAnswer

AT_ONCE = 5_000
DESERTION, THEFT, SALE, UNACCOUNTED = "desertion", "theft", "unauthorised_sale", "unaccounted"
STRAW, MONITORED, OTHER_EXPORT, UNDETERMINED = "straw_purchase", "monitored_operation", "other_export", "undetermined"
CHANNELS = {
    DESERTION: gettext_lazy("state stock: carried off by a deserter"),
    THEFT: gettext_lazy("state stock: stolen"),
    SALE: gettext_lazy("state stock: sold without authority"),
    UNACCOUNTED: gettext_lazy("state stock: not accounted for"),
    STRAW: gettext_lazy("bought at retail for another"),
    MONITORED: gettext_lazy("watched by an operation"),
    OTHER_EXPORT: gettext_lazy("exported lawfully elsewhere"),
    UNDETERMINED: gettext_lazy("not determined"),
}
STATE_STOCK = (DESERTION, THEFT, SALE, UNACCOUNTED)
CAUSES = {
    CustodyEvent.DESERTED_WITH: DESERTION, CustodyEvent.STOLEN: THEFT, CustodyEvent.LOST: UNACCOUNTED,
    CustodyEvent.NOT_SIGHTED: UNACCOUNTED, CustodyEvent.LOST_IN_TRANSIT: UNACCOUNTED,
}  # fmt: skip


@dataclass(frozen=True)
class Life:
    """A firearm's events in the order of the log, corrected ones left out."""

    firearm: Firearm
    events: tuple[CustodyEvent, ...]

    @property
    def sold(self) -> CustodyEvent | None:
        """The shipment by which it left its maker under a licence."""
        return next((event for event in reversed(self.events) if event.sort == CustodyEvent.SHIPPED and event.licence_id is not None), None)

    @property
    def licence(self) -> Licence | None:
        return self.sold.licence if self.sold else None

    @property
    def delivered(self) -> CustodyEvent | None:
        """The first receipt after it left its maker, from which time to recovery counts."""
        return next((event for event in self.events if event.sort == CustodyEvent.RECEIVED), None)

    @property
    def recovered(self) -> CustodyEvent | None:
        return next((event for event in reversed(self.events) if event.sort == CustodyEvent.RECOVERED), None)

    @property
    def left_by(self) -> CustodyEvent | None:
        """The loss that was reported before it was recovered and after which it was not found again; None: nobody reported one."""
        lost = None
        for event in self.events:
            if event.sort in CustodyEvent.LOSSES:
                lost = event
            elif event.sort == CustodyEvent.FOUND:
                lost = None
        return lost

    @property
    def last_holder(self) -> Party | None:
        """The point of diversion: who answered for it last before it left lawful hands."""
        ended = self.left_by or self.recovered
        if ended is not None:
            return ended.from_party
        return self.events[-1].to_party if self.events else None

    @property
    def holders(self) -> tuple[Party, ...]:
        """Everybody who answered for it, from its maker on, carriers left out, the agency that seized it left out."""
        held = [event.to_party for event in self.events
                if event.to_party is not None and event.sort not in {CustodyEvent.SHIPPED, CustodyEvent.RECOVERED}]  # fmt: skip
        return tuple(party for place, party in enumerate(held) if place == 0 or held[place - 1] != party)

    def days_to(self, day: date) -> int | None:
        """From its first delivery to a recovery; None when it was never delivered."""
        return (day - self.delivered.occurred_on).days if self.delivered else None


@dataclass(frozen=True)
class Channel:
    """How a recovered firearm left lawful hands, with the evidence in words and the licence it was sold under, if any."""

    code: str
    evidence: tuple[str, ...]
    licence: Licence | None = None

    @property
    def name(self) -> str:
        return str(CHANNELS[self.code])


def lives_of(firearms: Iterable[Firearm]) -> dict[int, Life]:
    """The life of each firearm, by its id, in two queries for every 5,000: many share an event, and each event is read once."""
    guns = {gun.pk: gun for gun in firearms}
    events: dict[int, list[CustodyEvent]] = {key: [] for key in guns}
    keys = list(guns)
    for first in range(0, len(keys), AT_ONCE):
        lines = CustodyItem.objects.filter(firearm__in=keys[first : first + AT_ONCE], event__corrections=None)
        pairs = list(lines.exclude(event__sort=CustodyEvent.CORRECTED).order_by("event_id").values_list("firearm_id", "event_id"))
        happened = _with_parties(CustodyEvent.objects.all()).in_bulk({event for _firearm, event in pairs})
        for firearm, event in pairs:
            events[firearm].append(happened[event])
    return {key: Life(guns[key], tuple(events[key])) for key in keys}


def life_of(firearm: Firearm) -> Life:
    """The life of one firearm, in one query."""
    events = CustodyEvent.objects.filter(lines__firearm=firearm, corrections=None).exclude(sort=CustodyEvent.CORRECTED)
    return Life(firearm, tuple(_with_parties(events).order_by("pk")))


def _with_parties(events: QuerySet[CustodyEvent]) -> QuerySet[CustodyEvent]:
    return events.select_related("from_party", "to_party", "licence__application__end_user", "recorded_by")


def channel_of(recovery: Recovery) -> Channel:
    """How this firearm left lawful hands, as far as is known now."""
    return channels_of([recovery])[recovery.pk]


def channels_of(recoveries: Sequence[Recovery]) -> dict[int, Channel]:
    """The channel of each recovery by its id: by its latest confirmation, else by its latest answer."""
    keys = [recovery.pk for recovery in recoveries]
    said: dict[int, Confirmation] = {}
    answered: dict[int, TraceAnswer] = {}
    for first in range(0, len(keys), AT_ONCE):
        some = keys[first : first + AT_ONCE]
        for row in Confirmation.objects.filter(recovery__in=some).select_related("firearm", "watched__watch__operation").defer("candidates").order_by("pk"):
            said[row.recovery_id] = row
        for answer in TraceAnswer.objects.filter(recovery__in=some).order_by("pk"):
            answered[answer.recovery_id] = answer
    lives = lives_of(row.firearm for row in said.values() if row.firearm is not None)
    return {key: channel_said(said.get(key), answered.get(key), lives) for key in keys}


def channel_said(said: Confirmation | None, answer: TraceAnswer | None, lives: dict[int, Life]) -> Channel:
    """The channel by a recovery's latest confirmation and answer; `lives` holds that of the firearm confirmed."""
    if said is not None and said.watched is not None:
        operation = said.watched.watch.operation
        day = said.watched.watch.watched_on.isoformat()
        return Channel(MONITORED, (_("%(operation)s put its serial under watch on %(day)s.") % {"operation": operation.reference, "day": day},))
    if said is not None and said.firearm_id is not None:
        return _channel_of_life(lives[said.firearm_id])
    if answer is not None:
        result = table("trace_result_codes")[answer.result_code]
        day = answer.answered_on.isoformat()
        words = _("%(who)s answered on %(day)s: %(result)s.") % {"who": answer.answered_by, "day": day, "result": result.text}
        return Channel(result.more["channel"] or UNDETERMINED, (words,))
    if said is not None:
        return Channel(UNDETERMINED, (_("The register does not hold it, and nobody has answered yet."),))
    return Channel(UNDETERMINED, (_("No trace is confirmed yet."),))


def _channel_of_life(life: Life) -> Channel:
    if life.licence is None:
        return Channel(UNDETERMINED, (_("By the record it never left its maker under a licence."),))
    sold = _("Sold under %(licence)s to %(end_user)s.") % {"licence": life.licence.reference, "end_user": life.licence.end_user}
    lost = life.left_by
    if lost is not None:
        reported = _("%(holder)s reported it: %(sort)s, %(day)s.") % {
            "holder": lost.from_party, "sort": lost.get_sort_display(), "day": lost.occurred_on.isoformat()}  # fmt: skip
        return Channel(CAUSES[lost.sort], (sold, reported), life.licence)
    held = _("%(holder)s held it by the record when it was recovered: its loss was never reported.") % {"holder": life.last_holder}
    return Channel(UNACCOUNTED, (sold, held), life.licence)
