"""Reading a case's events: what is asked and not answered, who has it, its queue and flags, its notes, its advice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from enduse import clock
from enduse.licensing.cases import CaseEvent
from enduse.licensing.workdays import ReviewClock, Stop, review_clock, working_days_between

if TYPE_CHECKING:
    from enduse.accounts.models import User
    from enduse.licensing.models import Application


@dataclass(frozen=True)
class Asked:
    """Something asked of somebody, a question to the applicant or the advice of a body, with what ended it."""

    asked: CaseEvent
    ended: CaseEvent | None
    reminded: CaseEvent | None = None

    @property
    def is_open(self) -> bool:
        return self.ended is None

    @property
    def is_answered(self) -> bool:
        return self.ended is not None and self.ended.sort in {CaseEvent.ANSWERED, CaseEvent.ADVISED}

    @property
    def days_left(self) -> int:
        """Working days until its limit; below zero when it is late."""
        return working_days_between(clock.today(), self.asked.due_on) if self.asked.due_on else 0

    @property
    def days_late(self) -> int:
        return max(0, -self.days_left)


def events_of(application: Application) -> list[CaseEvent]:
    """The case's events in their order; no query when they were fetched with it (`queries.with_facts`)."""
    return sorted(application.case_events.all(), key=lambda event: event.pk)


def _asked(application: Application, sort: str) -> list[Asked]:
    events = events_of(application)
    ended = {event.about_id: event for event in events if event.sort in CaseEvent.ENDS}
    reminded = {event.about_id: event for event in events if event.sort == CaseEvent.REMINDED}
    return [Asked(event, ended.get(event.pk), reminded.get(event.pk)) for event in events if event.sort == sort]


def questions(application: Application) -> list[Asked]:
    """Every question to the applicant, the first first."""
    return _asked(application, CaseEvent.ASKED)


def open_questions(application: Application) -> list[Asked]:
    return [each for each in questions(application) if each.is_open]


def advice(application: Application) -> list[Asked]:
    """Every request for another body's advice, the first first."""
    return _asked(application, CaseEvent.ADVICE_ASKED)


def open_advice(application: Application) -> list[Asked]:
    return [each for each in advice(application) if each.is_open]


def assignment_of(application: Application) -> CaseEvent | None:
    """The assignment that holds now; None: nobody has the case."""
    last = _last(application, {CaseEvent.ASSIGNED, CaseEvent.RELEASED})
    return last if last is not None and last.sort == CaseEvent.ASSIGNED else None


def officer_of(application: Application) -> User | None:
    assigned = assignment_of(application)
    return assigned.officer if assigned is not None else None


def routing_of(application: Application) -> CaseEvent | None:
    """What put the case into its queue."""
    return _last(application, {CaseEvent.ROUTED})


def queue_of(application: Application) -> str:
    routed = routing_of(application)
    return routed.code if routed is not None else ""


def flags_of(application: Application) -> dict[str, CaseEvent]:
    """The flags that stand on the case, by code, with who set each and why."""
    standing: dict[str, CaseEvent] = {}
    for event in events_of(application):
        if event.sort == CaseEvent.FLAGGED:
            standing[event.code] = event
        elif event.sort == CaseEvent.UNFLAGGED:
            standing.pop(event.code, None)
    return standing


def notes_of(application: Application) -> list[CaseEvent]:
    return [event for event in events_of(application) if event.sort == CaseEvent.NOTED]


def amendments(application: Application) -> list[CaseEvent]:
    return [event for event in events_of(application) if event.sort == CaseEvent.AMENDED]


def version_of(application: Application) -> int:
    """The number of the version that stands: 1 as filed, one more with each amendment."""
    return 1 + len(amendments(application))


def version_since(application: Application) -> int:
    """The log's index from which the version that stands was known: what was said before is of an earlier version."""
    amended = amendments(application)
    if amended:
        return amended[-1].pk
    submission = getattr(application, "submission", None)
    return submission.pk if submission is not None else 0


def _last(application: Application, sorts: Iterable[str]) -> CaseEvent | None:
    return max((event for event in application.case_events.all() if event.sort in sorts), key=lambda event: event.pk, default=None)


def stops_of(application: Application) -> list[Stop]:
    """When questions stopped the clock: from the day each was asked to the day it was answered or withdrawn."""
    return [(each.asked.recorded_at.date(), each.ended.recorded_at.date() if each.ended else None) for each in questions(application)]


def clock_of(application: Application, today: date | None = None) -> ReviewClock | None:
    """The clock of its review; None for a draft. A decision or a withdrawal ends it; an appeal starts it again."""
    submission = getattr(application, "submission", None)
    if submission is None:
        return None
    decision = application.decision
    appeal = getattr(decision, "appeal", None)
    begins = (appeal or submission).recorded_at.date()
    ends = [fact.recorded_at.date() for fact in (decision if appeal is None else None, getattr(application, "withdrawal", None)) if fact is not None]
    return review_clock(begins, stops_of(application), min([today or clock.today(), *ends]))
