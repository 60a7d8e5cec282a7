"""Reads of tracing: recoveries with their results, siblings, what confirming would do, figures with their denominators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.custody.models import CustodyEvent, CustodyItem, Firearm, Holding, StocktakeLine
from enduse.licensing import states
from enduse.licensing.models import Application
from enduse.licensing.open_licences import applications_reaching
from enduse.parties.models import Party
from enduse.reference import table
from enduse.refusals import Invalid, Problem
from enduse.tracing.histories import CHANNELS, Channel, Life, channel_of, channel_said, channels_of, life_of, lives_of
from enduse.tracing.models import Confirmation, Operation, Recovery, SeizureReport, TraceAnswer, WatchedSerial
from enduse.tracing.ranking import Candidate, Ranking, rank, rank_many, read, search

__all__ = [
    "CHANNELS", "Candidate", "Channel", "Consequences", "Life", "Ranking", "RecoveryFigures", "SeizureFigures", "Siblings", "channel_of",
    "channel_said", "channels_of", "consequences", "last_counted", "life_of", "lives_of", "operation_counts", "operations", "rank", "rank_many",
    "read", "recoveries", "recovery_figures", "search", "seizure_figures", "seizure_reports", "siblings_of", "state_of", "trace",
]  # fmt: skip

OPEN, CONFIRMED, WATCHED, NONE_HERE, WAITING, ANSWERED, NOT_TRACED, CLOSED = (
    "open", "confirmed", "watched", "none", "waiting", "answered", "not_traced", "closed")  # fmt: skip
STATES = {
    OPEN: (_("to be traced"), "warn"),
    CONFIRMED: (_("traced to the register"), "good"),
    WATCHED: (_("traced to an operation"), "note"),
    NONE_HERE: (_("not in the register"), "warn"),
    WAITING: (_("asked elsewhere"), "note"),
    ANSWERED: (_("answered elsewhere"), "good"),
    NOT_TRACED: (_("could not be traced"), "quiet"),
    CLOSED: (_("closed"), "quiet"),
}
_ANSWER_STATES = {"complete": ANSWERED, "not_traced": NOT_TRACED, "closed": CLOSED, "open": WAITING}


def trace(recovery: Recovery) -> Ranking:
    """The ranked candidates of a recovery, and the chance that the register holds none of them."""
    return rank(recovery)


def state_of(recovery: Recovery) -> str:
    """Where a recovery stands, from its latest confirmation and answer (rows of `with_said`)."""
    said: Any = recovery
    if said.said_firearm is not None:
        return CONFIRMED
    if said.said_watched is not None:
        return WATCHED
    if said.said_result:
        return _ANSWER_STATES[table("trace_result_codes")[said.said_result].more["state"]]
    return OPEN if said.said is None else NONE_HERE


def in_state(rows: Any, state: str) -> Any:
    """Those rows of `with_said` that stand in a state: the same answer as `state_of`."""
    if state == CONFIRMED:
        return rows.filter(said_firearm__isnull=False)
    rows = rows.filter(said_firearm=None)
    if state == WATCHED:
        return rows.filter(said_watched__isnull=False)
    rows = rows.filter(said_watched=None)
    if state == OPEN:
        return rows.filter(said_result=None, said=None)
    if state == NONE_HERE:
        return rows.filter(said_result=None, said__isnull=False)
    return rows.filter(said_result__in=[code for code, entry in table("trace_result_codes").items() if _ANSWER_STATES[entry.more["state"]] == state])


def recoveries(
    user: User | None, *, state: str = "", words: str = "", agency: Party | None = None, since: date | None = None, until: date | None = None
) -> QuerySet[Recovery]:
    """The viewer's recoveries, newest first. `words` in references, cases, places and marks; `since`, `until`: recovered on."""
    rows: QuerySet[Recovery] = Recovery.objects.visible_to(user).with_said().select_related("agency", "recorded_by")
    if state in STATES:
        rows = in_state(rows, state)
    if words.strip():
        text = words.strip()
        rows = rows.annotate(read_elsewhere=Cast("other_marks", TextField()))
        rows = rows.filter(Q(reference__icontains=text) | Q(case_reference__icontains=text) | Q(place__icontains=text) | Q(marks__icontains=text)
                           | Q(read_elsewhere__icontains=text))  # fmt: skip
    if agency is not None:
        rows = rows.filter(agency__path__startswith=agency.path)
    if since is not None:
        rows = rows.filter(recovered_on__gte=since)
    if until is not None:
        rows = rows.filter(recovered_on__lte=until)
    return rows.order_by("-pk")


@dataclass(frozen=True)
class Consequences:
    """What confirming a candidate does (rule 6): whose officer is alerted, which open applications are held."""

    candidate: Candidate
    end_user: Party | None
    applications: tuple[Application, ...]
    unreported: bool


def consequences(candidates: Sequence[Candidate]) -> dict[str, Consequences]:
    """What confirming each candidate would do, by the candidate's key."""
    bodies = {item.key: _held_for(item) for item in candidates}
    waiting: dict[int, list[Application]] = {}
    for body in Party.objects.in_bulk({pk for some in bodies.values() for pk in some}).values():
        reached = Application.objects.filter(pk__in=applications_reaching(body))
        waiting[body.pk] = list(states.open_only(reached).select_related("end_user").order_by("reference"))
    return {
        item.key: Consequences(
            item,
            item.licence.end_user if item.licence else None,
            tuple({each.pk: each for pk in bodies[item.key] for each in waiting[pk]}.values()),
            item.holding is not None and item.holding.state in {"held", "in_transit"},
        )
        for item in candidates
    }


def _held_for(item: Candidate) -> set[int]:
    """Whose open applications a confirmed trace holds: of the end user to whom it was sold, and of the one under whom it was last."""
    if item.licence is None:
        return set()
    return {item.licence.end_user.end_user_id, *([item.holding.party.end_user_id] if item.holding is not None else [])}


def last_counted(firearms: Sequence[Firearm]) -> dict[int, date]:
    """When each firearm was last sighted at a stocktake."""
    lines = StocktakeLine.objects.filter(firearm__in=firearms, result=StocktakeLine.SIGHTED).order_by("stocktake__taken_on")
    return {firearm: day for firearm, day in lines.values_list("firearm_id", "stocktake__taken_on") if firearm is not None}


@dataclass(frozen=True)
class Siblings:
    """The firearms that share a consignment, a last holder or a loss with a traced one, this one among them.

    `states`: where the others are by the record, by `Holding` state; `recoveries`: those of others that were traced here.
    """

    sort: str
    name: str
    states: dict[str, int]
    recoveries: tuple[Recovery, ...]

    @property
    def others(self) -> int:
        return sum(self.states.values())

    @property
    def firearms(self) -> int:
        return 1 + self.others


def siblings_of(recovery: Recovery, life: Life, user: User | None) -> list[Siblings]:
    """The firearms of the same consignment, of the same unit and of the same loss; recoveries among those the viewer sees."""
    found: list[Siblings] = []
    if life.sold is not None:
        found.append(_siblings("consignment", life.sold.reference, CustodyItem.objects.filter(event=life.sold), recovery, life, user))
    if life.last_holder is not None and life.last_holder.pk != life.firearm.maker_id:
        held = CustodyItem.objects.filter(event__to_party=life.last_holder, event__corrections=None).exclude(event__sort=CustodyEvent.RECOVERED)
        found.append(_siblings("unit", life.last_holder.name, held, recovery, life, user))
    if life.left_by is not None:
        lost = CustodyItem.objects.filter(event=life.left_by)
        found.append(_siblings("loss", life.left_by.get_sort_display(), lost, recovery, life, user))
    return found


def _siblings(sort: str, name: str, items: QuerySet[CustodyItem], recovery: Recovery, life: Life, user: User | None) -> Siblings:
    sharing: Any = recoveries(user, state=CONFIRMED)
    others = sharing.filter(Exists(items.filter(firearm=OuterRef("said_firearm")))).exclude(pk=recovery.pk)
    standing = Holding.objects.filter(firearm__in=items.values("firearm")).exclude(firearm=life.firearm)
    counted = dict(standing.order_by().values_list("state").annotate(n=Count("pk")))
    return Siblings(sort, name, {state: counted.get(state, 0) for state, _words in Holding.STATES}, tuple(others[:50]))


@dataclass(frozen=True)
class RecoveryFigures:
    """Recoveries by result and by channel. `recorded` is the denominator of each; it counts what was submitted here, not what was seized."""

    recorded: int
    by_state: dict[str, int]
    by_result: dict[str, int]
    by_channel: dict[str, int]
    to_a_licence: int
    counting: int


def recovery_figures(*, since: date | None = None, until: date | None = None, known_at: datetime | None = None) -> RecoveryFigures:
    """Figures over all recoveries of a period: counts only, so that who sees figures alone may see them.

    `counting`: those that count in a denominator of traces (a toy and a withdrawn request do not). `known_at` leaves out
    recoveries recorded later; results are those of now.
    """
    rows = Recovery.objects.with_said().order_by()
    if since is not None:
        rows = rows.filter(recovered_on__gte=since)
    if until is not None:
        rows = rows.filter(recovered_on__lte=until)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    found = list(rows)
    codes = table("trace_result_codes")
    channels = channels_of(found)
    by_state = Counter(state_of(recovery) for recovery in found)
    results = Counter(recovery.said_result for recovery in found if recovery.said_result)  # type: ignore[attr-defined]
    uncounted = sum(count for code, count in results.items() if codes[code].more["counts"] == "no")
    return RecoveryFigures(
        len(found),
        {state: by_state[state] for state in STATES if by_state[state]},
        {code: results[code] for code in codes if results[code]},
        {code: count for code in CHANNELS if (count := sum(channel.code == code for channel in channels.values()))},
        sum(channel.licence is not None for channel in channels.values()),
        len(found) - uncounted,
    )


@dataclass(frozen=True)
class SeizureFigures:
    """Seized and submitted in a period, as known at a moment; `months` counts the reported months of all agencies."""

    seized: int
    submitted: int
    months: int
    known_at: datetime | None


def seizure_reports(*, known_at: datetime | None = None) -> list[SeizureReport]:
    """The latest report of each agency and month that was known at a moment (default: now), newest month first."""
    rows = SeizureReport.objects.select_related("agency", "recorded_by").order_by("pk")
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    latest = {(row.agency_id, row.month): row for row in rows}
    return sorted(latest.values(), key=lambda row: (row.month, -row.agency_id), reverse=True)


def seizure_figures(*, since: date | None = None, until: date | None = None, known_at: datetime | None = None) -> SeizureFigures:
    """Totals of the reports of a period, as known at a moment."""
    rows = [row for row in seizure_reports(known_at=known_at)
            if (since is None or row.month >= since) and (until is None or row.month <= until)]  # fmt: skip
    return SeizureFigures(sum(row.seized for row in rows), sum(row.submitted for row in rows), len(rows), known_at)


def operations(user: User | None) -> QuerySet[Operation]:
    """The viewer's operations with how many serials each watches."""
    return Operation.objects.visible_to(user).select_related("owner").annotate(watched=Count("watches__serials")).order_by("-pk")


def operation_counts(operation: Operation) -> dict[str, int]:
    """Watched, and of those recovered: every page of an operation shows the ratio."""
    watched = WatchedSerial.objects.filter(watch__operation=operation)
    confirmed = Confirmation.objects.filter(watched__watch__operation=operation, corrected_by=None).count()
    return {"watched": watched.count(), "recovered": confirmed, "limit": operation.limit}


def named(key: str) -> tuple[Firearm | None, WatchedSerial | None]:
    """A candidate by its key ('f12', 'w7'; '' is none of these). Invalid: no candidate has it."""
    if not key:
        return None, None
    number = int(key[1:]) if key[1:].isdecimal() and len(key) < 18 else 0
    firearm = Firearm.objects.filter(pk=number).first() if key[0] == "f" else None
    watched = WatchedSerial.objects.select_related("watch__operation").filter(pk=number).first() if key[0] == "w" else None
    if firearm is None and watched is None:
        remedy = gettext("Name it as the ranking does: f12 or w7.")
        raise Invalid(Problem(gettext("There is no such candidate."), remedy, field="candidate", found=key[:20]))
    return firearm, watched


def answers_of(recovery: Recovery) -> QuerySet[TraceAnswer]:
    return recovery.answers.select_related("recorded_by").order_by("pk")
