"""A search joined with what the register knows of each candidate: where it is, what it was sold under, what speaks against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from enduse.custody.models import CustodyEvent, CustodyItem, Firearm, Holding
from enduse.licensing.models import Licence
from enduse.refusals import Invalid
from enduse.tracing import learning, register
from enduse.tracing.models import Recovery, WatchedSerial
from enduse.tracing.reading import invalid_marks, read, read_recovery

if TYPE_CHECKING:
    from enduse.engines.serials import Candidate as Found
    from enduse.engines.serials import Candidates, ErrorModel, Marks, Reason, Register, Step

__all__ = ["LIKELY", "LIMIT", "Candidate", "Ranking", "ReadElsewhere", "rank", "rank_many", "read", "search"]

LIMIT = 10
LIKELY = 0.5
@dataclass(frozen=True)
class ReadElsewhere:
    """Another mark of the gun laid over the serial of a candidate. `factor`: what it multiplies the candidate's weight by."""

    place: str
    text: str
    columns: tuple[Step, ...]
    factor: float

    @property
    def fits(self) -> bool:
        return self.factor >= 1


Laid = Callable[[str], tuple[ReadElsewhere, ...]]
"""Lays the marks elsewhere on a gun over a serial."""


@dataclass(frozen=True)
class Candidate:
    """One firearm that the marks may come from. `contradiction`: why it cannot be this recovery, or ''."""

    firearm: Firearm | None
    watched: WatchedSerial | None
    probability: float
    found: Found = field(repr=False, compare=False)
    holding: Holding | None
    shipped: CustodyEvent | None
    contradiction: str
    laid: Laid = field(repr=False, compare=False)

    @property
    def elsewhere(self) -> tuple[ReadElsewhere, ...]:
        """The marks elsewhere on the gun, each laid over this candidate's serial."""
        return self.laid(self.found.serial)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What speaks for and against it; worked out when first asked for, as are the columns."""
        return self.found.reasons

    @property
    def columns(self) -> tuple[Step, ...]:
        """The serial laid under the marks, column by column."""
        return self.found.alignment

    @property
    def key(self) -> str:
        """How pages and the API name it: 'f12' a firearm of the register, 'w7' a watched serial."""
        return f"f{self.firearm.pk}" if self.firearm else f"w{self.watched.pk}" if self.watched else ""

    @property
    def gun(self) -> Any:
        return self.firearm or self.watched

    @property
    def licence(self) -> Licence | None:
        return self.shipped.licence if self.shipped else None

    @property
    def is_likely(self) -> bool:
        return self.probability >= LIKELY and not self.contradiction


@dataclass(frozen=True)
class Ranking:
    """The candidates, likeliest first. `unsearchable`: why no search could be made, or ''. Probabilities with none and others sum to 1.

    `led_by`: the place of the mark that was searched first where the frame's says too little by itself, else ''.
    """

    items: tuple[Candidate, ...]
    none_probability: float
    other_probability: float
    error_model: str
    searched: int
    unsearchable: str = ""
    led_by: str = ""

    @property
    def top(self) -> Candidate | None:
        return self.items[0] if self.items else None

    def of(self, firearm: Firearm | None, watched: WatchedSerial | None) -> Candidate | None:
        return next((item for item in self.items if item.firearm == firearm and item.watched == watched), None)

    def frozen(self) -> list[dict[str, Any]]:
        """The ranking as a confirmation keeps it."""
        return [
            {
                "firearm": item.firearm.pk if item.firearm else None,
                "watched": item.watched.pk if item.watched else None,
                "probability": round(item.probability, 6),
            }
            for item in self.items
        ]


def search(marks: Marks, *, on: date | None = None, limit: int = LIMIT) -> Ranking:
    """Rank the register against marks. `on`: the last day of the recovery, against which histories are checked. Invalid: too little to search by."""
    from enduse.engines import serials

    model, index = learning.current(), register.register()
    try:
        answer = index.search(marks, limit=limit, model=model)
    except serials.TooLittle as error:
        if not marks.also:
            raise invalid_marks(error.code, marks.text) from error
        led = marks.led_by_another()
        found = _led(index, led, limit, model)
        if found is None:
            raise invalid_marks(error.code, marks.text) from error
        marks, answer = led, found
    return _joined([answer], [on], model, [partial(_laid, index, marks, model)], [marks])[0]


def rank(recovery: Recovery, *, limit: int = LIMIT) -> Ranking:
    """Rank the register against a recovery's marks; one that nothing can be read of has no candidates."""
    return rank_many([recovery], limit=limit)[0]


def rank_many(recoveries: Sequence[Recovery], *, limit: int = LIMIT) -> list[Ranking]:
    """One ranking for each, in order, with as many database queries as for one."""
    from enduse.engines import serials

    readable: dict[int, Marks] = {}
    for place, recovery in enumerate(recoveries):
        with suppress(Invalid):
            readable[place] = read_recovery(recovery)
    model = learning.current()
    found: list[Candidates] = [serials.Candidates((), 1.0, exact=False)] * len(recoveries)
    laid: list[Laid] = [_nothing_laid] * len(recoveries)
    if readable:
        index = register.register()
        for place, answer in zip(readable, index.search_many(list(readable.values()), limit=limit, model=model), strict=True):
            found[place] = answer
            if not answer.items and not answer.exact and readable[place].also:
                readable[place] = readable[place].led_by_another()
                found[place] = _led(index, readable[place], limit, model) or answer
            laid[place] = partial(_laid, index, readable[place], model)
    days = [recovery.recovered_until or recovery.recovered_on for recovery in recoveries]
    return _joined(found, days, model, laid, [readable.get(place) for place in range(len(recoveries))])


def _led(index: Register, marks: Marks, limit: int, model: ErrorModel) -> Candidates | None:
    """The answer to marks that are led by another than the frame's; None where that says too little as well."""
    from enduse.engines import serials

    try:
        return index.search(marks, limit=limit, model=model)
    except serials.TooLittle:
        return None


def _joined(
    answers: Sequence[Candidates], days: Sequence[date | None], model: ErrorModel, laid: Sequence[Laid], marks: Sequence[Marks | None]
) -> list[Ranking]:
    """The engine's answers to these marks, given by this error model, with the register's rows beside each candidate."""
    keys = {register.split_key(item.key) for answer in answers for item in answer.items}
    known = _Known.of([firearm for firearm, _w in keys if firearm is not None], [watched for _f, watched in keys if watched is not None])
    return [
        Ranking(
            tuple(known.candidate(item, on, over) for item in answer.items),
            answer.none_probability,
            answer.other_probability,
            model.version,
            answer.considered,
            "" if answer.items or answer.exact else _("Too little can be read to search by."),
            asked.place if asked is not None else "",
        )
        for answer, on, over, asked in zip(answers, days, laid, marks, strict=True)
    ]


def _nothing_laid(_serial: str) -> tuple[ReadElsewhere, ...]:
    return ()


def _laid(index: Register, marks: Marks, model: ErrorModel, serial: str) -> tuple[ReadElsewhere, ...]:
    from enduse.engines import serials

    return tuple(ReadElsewhere(each.place, each.text, *serials.laid_over(index, each, model, serial)) for each in marks.also)


@dataclass(frozen=True)
class _Known:
    """What the register holds of some firearms, read in four queries."""

    firearms: dict[int, Firearm]
    watched: dict[int, WatchedSerial]
    made: dict[int, CustodyEvent]
    shipped: dict[int, CustodyEvent]

    @classmethod
    def of(cls, firearms: Sequence[int], watched: Sequence[int]) -> _Known:
        guns = Firearm.objects.select_related("holding__party", "holding__event", "maker").in_bulk(list(firearms)) if firearms else {}
        serials = WatchedSerial.objects.select_related("watch__operation").in_bulk(list(watched)) if watched else {}
        made: dict[int, CustodyEvent] = {}
        shipped: dict[int, CustodyEvent] = {}
        lines = (
            CustodyItem.objects.filter(
                firearm__in=guns,
                event__sort__in=[CustodyEvent.MANUFACTURED, CustodyEvent.SHIPPED],
                event__corrections=None,
            )
            .select_related("event__licence__application__end_user", "event__to_party")
            .order_by("event_id")
            if guns
            else []
        )
        for line in lines:
            (made if line.event.sort == CustodyEvent.MANUFACTURED else shipped)[line.firearm_id] = line.event
        return cls(guns, serials, made, shipped)

    def candidate(self, item: Any, on: date | None, laid: Laid) -> Candidate:
        firearm_id, watched_id = register.split_key(item.key)
        firearm = self.firearms.get(firearm_id) if firearm_id is not None else None
        watched = self.watched.get(watched_id) if watched_id is not None else None
        holding = getattr(firearm, "holding", None)
        against = self._against(firearm, holding, on) if firearm else _against_watched(watched, on)
        return Candidate(
            firearm,
            watched,
            item.probability,
            item,
            holding,
            self.shipped.get(firearm_id) if firearm_id is not None else None,
            against,
            laid,
        )

    def _against(self, firearm: Firearm, holding: Holding | None, on: date | None) -> str:
        """Why the history of a firearm rules it out as a recovery of that day."""
        if holding is not None and holding.state == Holding.RECOVERED:
            return _("Recovered already, on %(day)s (%(reference)s): one of the two is another firearm.") % {
                "day": holding.event.occurred_on.isoformat(),
                "reference": holding.event.reference,
            }
        if holding is not None and holding.state == Holding.DESTROYED:
            return _("Destroyed on %(day)s, by the record.") % {"day": holding.event.occurred_on.isoformat()}
        if on is None:
            return ""
        made, shipped = self.made.get(firearm.pk), self.shipped.get(firearm.pk)
        if firearm.year is not None and firearm.year > on.year:
            return _("Made in %(year)d, after this recovery.") % {"year": firearm.year}
        if made is not None and made.occurred_on > on:
            return _("Made on %(day)s, after this recovery.") % {"day": made.occurred_on.isoformat()}
        if shipped is not None and shipped.occurred_on > on:
            return _("Left its maker only on %(day)s, after this recovery.") % {"day": shipped.occurred_on.isoformat()}
        return ""


def _against_watched(watched: WatchedSerial | None, on: date | None) -> str:
    if watched is not None and on is not None and watched.watch.watched_on > on:
        return _("Put under watch only on %(day)s, after this recovery.") % {"day": watched.watch.watched_on.isoformat()}
    return ""
