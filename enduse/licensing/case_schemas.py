"""What the endpoints of casework take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Field, Schema

from enduse.licensing.cases import CaseEvent
from enduse.licensing.schemas import ApplicationIn


class CaseRow(Schema):
    reference: str
    state: str = Field(description="As licensing.list_applications names them; 'asked': a question to the applicant is open.")
    applicant: int
    applicant_name: str
    end_user: int
    end_user_name: str
    country: str
    quantity: int
    filed_at: datetime | None
    version: int
    due_on: date | None = Field(description="Null when it is not open, or a question stops the clock.")
    working_days_left: int | None = Field(description="Below zero: overdue.")
    queue: str | None = Field(description="Null for those who do not see casework, as officer and flags are.")
    officer: str | None
    flags: list[str] | None


class Cases(Schema):
    count: int
    more: bool = Field(False, description="There are others: no more than 2,000 are counted of what a search finds.")
    items: list[CaseRow]


_OF_BOTH = {
    "reference": "application__reference", "state": "state", "country": "country", "quantity": "quantity", "end_user_name": "application__end_user__name"}
# Where a list of applications, and one of cases, finds what each row says.
APPLICATION_FIELDS = _OF_BOTH | {
    "capacity": "application__capacity", "applicant_id": "applicant_id", "end_user_id": "application__end_user_id", "submitted_at": "filed_at"}
CASE_FIELDS = _OF_BOTH | {
    "applicant": "applicant_id", "applicant_name": "applicant__name", "end_user": "application__end_user_id", "filed_at": "filed_at", "version": "version",
    "due_on": "due_on", "queue": "queue", "officer": "officer__username", "flags": "flags"}


def case_row(said: dict[str, Any], days_left: int | None, *, officer_sees: bool) -> dict[str, Any]:
    """A row of a list of cases, as its viewer may read it."""
    marks = {"queue": said["queue"], "officer": said["officer"] or "", "flags": said["flags"].split()} if officer_sees else dict.fromkeys(("queue", "officer", "flags"))
    return said | marks | {"working_days_left": days_left}


class CaseEventOut(Schema):
    id: int = Field(alias="pk")
    sort: str
    about: int | None = Field(None, alias="about_id")
    officer: str | None
    body: int | None = Field(None, alias="body_id")
    code: str
    due_on: date | None
    text: str
    recorded_at: datetime

    @staticmethod
    def resolve_officer(event: CaseEvent) -> str | None:
        return event.officer.get_username() if event.officer else None


class CaseEntryOut(Schema):
    at: datetime
    who: str
    words: str
    note: str
    log: int | None = Field(description="Its place in the log; null for what has a ledger of its own.")


class SimilarCaseOut(Schema):
    reference: str
    state: str
    reasons: list[str]


class ReviewClockOut(Schema):
    allowed: int = Field(description="Working days.")
    used: int
    due_on: date | None
    stopped_since: date | None


class ConsolidatedOut(Schema):
    position: str = Field(description="approve, proviso, refuse, no_comment, conflicting, or empty while nobody answered.")
    text: str = Field(description="Proposed; the officer may change it.")
    waiting: list[str]


class CaseOut(Schema):
    """The casework of one application, as its viewer may read it."""

    reference: str
    state: str
    version: int
    clock: ReviewClockOut | None
    queue: str | None
    officer: str | None
    flags: list[str] | None
    events: list[CaseEventOut]
    advice: ConsolidatedOut | None
    similar: list[SimilarCaseOut] | None
    timeline: list[CaseEntryOut]


class AskApplicantIn(Schema):
    text: str = Field(description="What the applicant should say or send.")
    days: int | None = Field(None, description="Working days to answer; null: as the authority's table says.")


class CaseTextIn(Schema):
    text: str


class AssignCaseIn(Schema):
    officer: str = Field(description="The user name of a licensing officer.")


class MoveCaseIn(Schema):
    queue: str = Field(description="A code of the list of queues.")
    reason: str


class FlagCaseIn(Schema):
    code: str = Field(description="A code of the list of case flags.")
    raised: bool = Field(True, description="False: take it off.")
    reason: str


class AskAdviceIn(Schema):
    body: int = Field(description="The party whose advice is asked; it has a user in the role of adviser.")
    text: str
    days: int | None = Field(None, description="Working days to answer; null: as the authority's table says.")


class AdviseIn(Schema):
    position: str = Field(description="approve, proviso, refuse or no_comment.")
    text: str = ""


class AmendApplicationIn(ApplicationIn):
    why: str = Field(description="What changed, in a sentence.")
    version: int | None = Field(None, description="The version that you read: refused if another was filed since.")


class ComparedFieldOut(Schema):
    line: int | None
    field: str
    name: str
    before: str
    after: str
    changed: bool


class ComparisonOut(Schema):
    earlier: int
    later: int
    versions: int
    fields: list[ComparedFieldOut]


class RoutingRuleIO(Schema):
    name: str
    conditions: dict[str, Any] = Field({}, description="country, firearm_type, end_user_kind, capacity, warning_flag: lists; automatic: yes or "
                                                       "no; value_over_cents, quantity_over: numbers. All must hold.")
    queue: str = ""
    flags: list[str] = []


class RoutingIn(Schema):
    rules: list[RoutingRuleIO]
    reason: str
    read: int | None = Field(None, description="The version that you edited: refused if another was saved since.")


class RoutingRulesIn(Schema):
    rules: list[RoutingRuleIO]


class RoutingOut(Schema):
    id: int | None = Field(description="Its place in the log; null: none was ever saved.")
    rules: list[RoutingRuleIO]
    sentences: list[str]
    reason: str
    recorded_at: datetime | None


class CaughtByRuleOut(Schema):
    name: str
    count: int
    decides_queue: int
    references: list[str] = Field(description="Those that you see.")


class RoutingTestOut(Schema):
    caught: list[CaughtByRuleOut]
    tested: int
    open: int
    unrouted: int
