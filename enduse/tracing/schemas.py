"""What the API says and takes of tracing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Schema

from enduse.tracing import queries
from enduse.tracing.models import Confirmation, Operation, Proposal, Recovery, SeizureReport, TraceAnswer
from enduse.tracing.ranking import Candidate, Ranking
from enduse.tracing.reading import OtherMark, doubtful_in


class OtherMarkIn(Schema):
    place: Literal["slide", "barrel", "importer", "other"]
    marks: str = Field(description="As read, in the signs of the frame's marks")


class MarksIn(Schema):
    marks: str = Field(description="The serial of the frame as read: ? one unreadable character, * an unreadable run, [5S] either of two; * alone: removed")
    make: str = Field("", description="The make as read: name, code or alias")
    model: str = Field("", description="The model as read")
    firearm_type: str = Field("", description="A code of firearm_types, or rifle, carbine, pistol, shotgun, machine gun")
    calibre: str = Field("", description="The calibre as read")
    year: int | None = Field(None, description="The year of manufacture as marked")
    doubtful: list[Literal["make", "model", "firearm_type", "type", "calibre", "year"]] = Field(
        [], description="Which of make, model, type, calibre, year were read with doubt")
    other_marks: list[OtherMarkIn] = Field([], description="Marks elsewhere on it, each with its place: slide, barrel, importer, other")

    def told(self, **more: Any) -> dict[str, Any]:
        """What an action or a search takes."""
        said = self.dict() | more
        others = tuple(OtherMark(each.place, each.marks) for each in self.other_marks)
        return said | {"other_marks": others, "doubtful": doubtful_in(self.doubtful)}


class SearchIn(MarksIn):
    limit: int = Field(10, ge=1, le=50, description="How many candidates at most")


class RecoveryIn(MarksIn):
    recovered_on: date = Field(description="The day it was seized or found, or the first day it may have been")
    recovered_until: date | None = Field(None, description="The last day it may have been")
    place: str = Field(description="Where it was found")
    region: str = Field("", description="State or region")
    country: str = Field(description="Two letters, ISO 3166")
    agency: int = Field(description="Number of the party that seized it")
    case_reference: str = Field(description="The agency's own case reference")
    note: str = Field("", description="Anything else that was seen")


class ReasonOut(Schema):
    position: int = Field(description="Column of the alignment from 1; 0: not about a character")
    read: str
    true: str
    kind: str
    weight: float


class ColumnOut(Schema):
    read: str
    true: str
    kind: str


class ElsewhereOut(Schema):
    place: str = Field(description="slide, barrel, importer, other; empty: the frame, where another mark was searched first")
    marks: str
    fits: bool = Field(description="Whether it speaks for this candidate")
    factor: float = Field(description="What it multiplies the candidate's weight by")
    columns: list[ColumnOut]


class CandidateOut(Schema):
    candidate: str = Field(description="How to name it in confirm and propose: f12 a firearm, w7 a watched serial")
    probability: float
    serial: str
    make: str
    model: str
    firearm_type: str
    calibre: str
    year: int | None
    state: str = Field(description="held, in_transit, lost, recovered, destroyed; watched for a watched serial")
    holder: str
    licence: str = Field(description="Reference of the licence it was sold under, or empty")
    end_user: str
    operation: str
    contradiction: str = Field(description="Why its history rules it out, or empty")
    reasons: list[ReasonOut]
    columns: list[ColumnOut]
    elsewhere: list[ElsewhereOut] = Field(description="The marks elsewhere on the gun, laid over this serial")


class RankingOut(Schema):
    candidates: list[CandidateOut]
    none_probability: float = Field(description="The chance that the register holds none of them")
    other_probability: float = Field(description="The chance that it is a firearm of the register that is not listed")
    error_model: str
    unsearchable: str = Field(description="Why nothing could be searched, or empty")
    led_by: str = Field(description="The place of the mark that was searched first, where the frame's says too little; else empty")


class RecoveryOut(Schema):
    reference: str
    state: str
    recovered_on: date
    recovered_until: date | None
    recorded_at: datetime
    place: str
    region: str
    country: str
    agency: str
    case_reference: str
    marks: str
    make: str
    model: str
    firearm_type: str
    calibre: str
    year: int | None
    doubtful: list[str]
    other_marks: list[OtherMarkIn]
    result_code: str
    leaf: int


class RecoveryPage(Schema):
    total: int
    recoveries: list[RecoveryOut]


class ConfirmIn(Schema):
    candidate: str = Field("", description="f12 or w7 as the ranking names it; empty: none of these")
    note: str = Field("", description="What shows it; needed when an earlier confirmation is corrected")


class ProposeIn(Schema):
    candidate: str = Field(description="f12 or w7 as the ranking names it")
    note: str = Field(description="What shows that it is this one")


class ConfirmationOut(Schema):
    leaf: int
    recovery: str
    candidate: str
    probability: float
    none_probability: float
    confirmed_by: str
    agreed_by: str
    corrects: int | None
    note: str


class ProposalOut(Schema):
    proposal: int = Field(description="Its place in the log, by which a second officer agrees to it")
    recovery: str
    candidate: str
    probability: float
    proposed_by: str
    note: str


class AnswerIn(Schema):
    result_code: str = Field(description="A code of trace_result_codes")
    answered_by: str = Field(description="The maker, the dealer or the state that answered")
    answered_on: date = Field(description="The day of the answer")
    note: str = ""


class AnswerOut(AnswerIn):
    leaf: int
    recovery: str


class ChannelOut(Schema):
    code: str
    name: str
    evidence: list[str]


class HistoryEventOut(Schema):
    sort: str
    occurred_on: date
    occurred_until: date | None
    recorded_at: datetime
    from_party: str
    to_party: str
    reference: str
    leaf: int


class SiblingsOut(Schema):
    sort: str = Field(description="What they share with it: consignment, unit (the last holder), loss (lost in the same event)")
    name: str
    others: int = Field(description="Firearms that share it, this one left out")
    by_state: dict[str, int] = Field(description="Where they are by the record: held, in_transit, lost, recovered, destroyed")
    recoveries: list[str] = Field(description="Other recoveries that were traced to one of them, fifty at most")


class HistoryOut(Schema):
    firearm: str
    licence: str
    end_user: str
    events: list[HistoryEventOut]
    holders: list[str]
    days_to_recovery: int | None = Field(description="From its first delivery under the licence to the recovery")
    point_of_diversion: str
    channel: ChannelOut
    siblings: list[SiblingsOut]


class SeizuresIn(Schema):
    agency: int = Field(description="Number of the party that seized")
    month: date = Field(description="Any day of the month")
    seized: int = Field(ge=0, description="Firearms seized in the month")
    submitted: int = Field(ge=0, description="Of those, submitted for tracing")


class SeizuresOut(Schema):
    agency: str
    month: date
    seized: int
    submitted: int
    recorded_at: datetime
    leaf: int


class OperationIn(Schema):
    name: str
    legal_basis: str = Field(description="The order or law that allows it")
    approved_by: str = Field(description="The supervisor outside the unit, by function")
    prosecutor: str = Field(description="The prosecutor, by function")
    starts_on: date
    ends_on: date
    limit: int = Field(ge=1, description="How many firearms at most may be watched")
    subjects: list[str] = Field(description="Case references, never names")


class OperationOut(OperationIn):
    reference: str
    owner: str
    watched: int
    recovered: int
    leaf: int


class GunIn(Schema):
    make: str
    serial: str
    model: str = ""
    firearm_type: str = ""
    calibre: str = ""


class WatchIn(Schema):
    watched_on: date
    subject: str = Field(description="One of the operation's case references")
    guns: list[GunIn]


class WatchOut(Schema):
    operation: str
    watched: int
    leaf: int


class FiguresOut(Schema):
    recorded: int = Field(description="Recoveries recorded here: what was submitted, not what was seized")
    counting: int = Field(description="Of those, the ones that count in a denominator of traces")
    to_a_licence: int
    by_state: dict[str, int]
    by_result: dict[str, int]
    by_channel: dict[str, int]
    seized: int = Field(description="As agencies reported for the same period; traced or not")
    submitted: int
    seizure_months: int


def key_of(firearm_id: int | None, watched_id: int | None) -> str:
    return f"f{firearm_id}" if firearm_id else f"w{watched_id}" if watched_id else ""


def ranking_out(ranking: Ranking) -> RankingOut:
    return RankingOut(
        candidates=[candidate_out(item) for item in ranking.items], none_probability=ranking.none_probability,
        other_probability=ranking.other_probability, error_model=ranking.error_model, unsearchable=ranking.unsearchable, led_by=ranking.led_by,
    )  # fmt: skip


def candidate_out(item: Candidate) -> CandidateOut:
    gun: Any = item.gun
    return CandidateOut(
        candidate=item.key, probability=item.probability, serial=gun.serial, make=gun.make, model=gun.model, firearm_type=gun.firearm_type,
        calibre=gun.calibre, year=getattr(gun, "year", None), state=item.holding.state if item.holding else "watched",
        holder=str(item.holding.party) if item.holding else "", licence=item.licence.reference if item.licence else "",
        end_user=str(item.licence.end_user) if item.licence else "", operation=item.watched.watch.operation.reference if item.watched else "",
        contradiction=item.contradiction,
        reasons=[ReasonOut(position=r.position, read=r.read, true=r.true, kind=r.kind, weight=r.weight) for r in item.reasons],
        columns=[ColumnOut(read=step.read, true=step.true, kind=step.kind) for step in item.columns],
        elsewhere=[
            ElsewhereOut(place=other.place, marks=other.text, fits=other.fits, factor=other.factor,
                         columns=[ColumnOut(read=step.read, true=step.true, kind=step.kind) for step in other.columns])
            for other in item.elsewhere
        ],
    )  # fmt: skip


def recovery_out(row: Recovery) -> RecoveryOut:
    """A row of `queries.recoveries`."""
    return RecoveryOut(
        reference=row.reference, state=queries.state_of(row), recovered_on=row.recovered_on, recovered_until=row.recovered_until,
        recorded_at=row.recorded_at, place=row.place, region=row.region, country=row.country, agency=str(row.agency),
        case_reference=row.case_reference, marks=row.marks, make=row.make, model=row.model, firearm_type=row.firearm_type, calibre=row.calibre,
        year=row.year, doubtful=row.doubtful, other_marks=[OtherMarkIn(**each) for each in row.other_marks],
        result_code=getattr(row, "said_result", None) or "", leaf=row.pk,
    )  # fmt: skip


def confirmation_out(row: Confirmation) -> ConfirmationOut:
    return ConfirmationOut(
        leaf=row.pk, recovery=row.recovery.reference, candidate=key_of(row.firearm_id, row.watched_id), probability=row.probability,
        none_probability=row.none_probability, confirmed_by=str(row.recorded_by), agreed_by=str(row.agreed_by or ""),
        corrects=row.corrects_id, note=row.note,
    )  # fmt: skip


def proposal_out(row: Proposal) -> ProposalOut:
    return ProposalOut(
        proposal=row.pk, recovery=row.recovery.reference, candidate=key_of(row.firearm_id, row.watched_id), probability=row.probability,
        proposed_by=str(row.recorded_by), note=row.note,
    )  # fmt: skip


def answer_out(row: TraceAnswer) -> AnswerOut:
    return AnswerOut(
        leaf=row.pk, recovery=row.recovery.reference, result_code=row.result_code, answered_by=row.answered_by,
        answered_on=row.answered_on, note=row.note,
    )  # fmt: skip


def seizures_out(row: SeizureReport) -> SeizuresOut:
    return SeizuresOut(
        agency=str(row.agency), month=row.month, seized=row.seized, submitted=row.submitted, recorded_at=row.recorded_at, leaf=row.pk)


def operation_out(row: Operation, counts: dict[str, int]) -> OperationOut:
    return OperationOut(
        reference=row.reference, name=row.name, legal_basis=row.legal_basis, approved_by=row.approved_by, prosecutor=row.prosecutor,
        starts_on=row.starts_on, ends_on=row.ends_on, limit=row.limit, subjects=row.subjects, owner=str(row.owner), watched=counts["watched"],
        recovered=counts["recovered"], leaf=row.pk,
    )  # fmt: skip


def history_out(life: queries.Life, recovery: Recovery, channel: queries.Channel, siblings: list[queries.Siblings]) -> HistoryOut:
    licence = life.licence
    return HistoryOut(
        firearm=str(life.firearm), licence=licence.reference if licence else "", end_user=str(licence.end_user) if licence else "",
        events=[
            HistoryEventOut(sort=event.sort, occurred_on=event.occurred_on, occurred_until=event.occurred_until, recorded_at=event.recorded_at,
                     from_party=str(event.from_party or ""), to_party=str(event.to_party or ""), reference=event.reference, leaf=event.pk)
            for event in life.events
        ],
        holders=[str(party) for party in life.holders], days_to_recovery=life.days_to(recovery.recovered_on),
        point_of_diversion=str(life.last_holder or ""), channel=ChannelOut(code=channel.code, name=channel.name, evidence=list(channel.evidence)),
        siblings=[
            SiblingsOut(sort=each.sort, name=each.name, others=each.others, by_state=each.states, recoveries=[other.reference for other in each.recoveries])
            for each in siblings
        ],
    )  # fmt: skip
