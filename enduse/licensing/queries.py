"""Reads of licensing: lists, one application with everything that is known, what a measure touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hmac import compare_digest
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum

from enduse import clock
from enduse.accounts.models import User
from enduse.licensing import caselists, dated, flags, states
from enduse.licensing.around import Around, asked_around, asked_around_end_user
from enduse.licensing.models import (
    Advisory,
    Application,
    Assessment,
    CaseEvent,
    ChangeProposal,
    Countersignature,
    Decision,
    Hold,
    Licence,
    LicenceChange,
    LicenceLine,
    LicenceStanding,
    LicenceUse,
    NamedParty,
    Recommendation,
)
from enduse.licensing.open_licences import applications_reaching, in_country, licences_reaching
from enduse.measures.models import Measure
from enduse.measures.queries import matching
from enduse.parties.models import Party, RecordLine
from enduse.parties.queries import by_kind, record_of, record_rows
from enduse.screening.queries import PartyState, states_of
from enduse.together import Together
from enduse.words import LookedUp

CODE_LENGTH = 8


def with_facts(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Applications with what their state is derived from: no further query for `application.state`."""
    return rows.select_related(
        "submission__recorded_by", "withdrawal__recorded_by", "licence__recorded_by",
        "applicant", "seller", "end_user", "consignee", "payer", "certificate",
    ).prefetch_related(
        Prefetch("decisions", Decision.objects.select_related(
            "recorded_by", "recommendation__assessment", "appeal__recorded_by", "legislature_notice__objection__recorded_by",
            "legislature_notice__recorded_by")),
        Prefetch("holds", Hold.objects.select_related("release__recorded_by", "recorded_by")),
        Prefetch("assessments", Assessment.objects.select_related("recorded_by")),
        Prefetch("recommendations", Recommendation.objects.select_related("sent_back__recorded_by", "recorded_by", "assessment").prefetch_related(
            Prefetch("countersignatures", Countersignature.objects.select_related("recorded_by").order_by("pk")))),
        Prefetch("case_events", CaseEvent.objects.select_related("recorded_by", "officer", "body")),
        "lines", "intermediaries", "recipients", Prefetch("named", NamedParty.objects.select_related("party")), "certificate__barred_parties")


def licences(user: User | None) -> QuerySet[Licence]:
    """The viewer's licences with their parties, lines and changes, newest first."""
    return Licence.objects.visible_to(user).select_related("application__end_user", "application__seller", "application__applicant", "leaf").prefetch_related("lines", "changes")


def licences_listed(user: User | None, *, state: str = "", search: str = "", found: LookedUp | None = None) -> QuerySet[LicenceStanding]:
    """The rows kept of the viewer's licences, newest first, each with what a line of a list shows.

    `state`: one of `Licence.STATES`, 'live' or 'proposed'. `search`: words of the case, or of its parties' names.
    """
    rows, today = LicenceStanding.objects.visible_to(user), clock.today()
    if state == "proposed":
        rows = rows.filter(Exists(ChangeProposal.objects.filter(licence=OuterRef("pk"), answer=None)))
    elif state:
        rows = rows.live(today) if state == "live" else rows.in_state(state, today)
    if search.strip():
        rows = caselists.matching(rows, search, user, case="application", found=found)  # type: ignore[assignment]
    return rows.order_by("-pk").select_related("licence", "application__end_user").only(
        "state", "expires_on", "permitted", "taken", "licence__reference", "licence__issued_on", "application__reference", "application__end_user", "application__end_user__name")


def licences_live_on(day: date) -> QuerySet[Licence]:
    """Licences neither expired nor ended on a day (a suspended one may live again), with their parties."""
    ended = LicenceChange.objects.filter(licence=OuterRef("pk"), change__in=Licence.ENDS, effective_on__lte=day)
    return Licence.objects.filter(~Exists(ended), expires_on__gte=day).select_related(
        "application__applicant", "application__seller", "application__end_user", "application__consignee",
    ).prefetch_related("application__intermediaries", "application__recipients", "application__named__party")


def is_own(party: Party, reference: str) -> bool:
    """Whether an application, an enquiry or a licence of this reference is the party's own: asked for by it, or with it as the seller."""
    if Application.objects.filter(reference=reference, applicant=party).exists() or Advisory.objects.filter(reference=reference, asked_by=party).exists():
        return True
    licence = Licence.objects.filter(reference=reference).select_related("application").first()
    return licence is not None and (licence.application.applicant_id == party.pk or licence.seller == party)


def used_by_licence(rows: QuerySet[Licence]) -> dict[int, int]:
    """How many firearms were taken of each licence."""
    return dict(LicenceUse.objects.filter(line__licence__in=rows.order_by().values("pk")).values_list("line__licence").annotate(n=Sum("quantity")))


def used_by_line(licence: Licence) -> dict[int, int]:
    """How many firearms were taken of each line of a licence, by the line's id."""
    return dict(LicenceUse.objects.filter(line__licence=licence).values_list("line").annotate(n=Sum("quantity")))


def state_on(licence: Licence, used: int, on: date) -> str:
    """A licence's state from rows already read: as `Licence.state`, with its use told."""
    last = max((change for change in licence.changes.all() if change.effective_on <= on), key=lambda change: change.pk, default=None)
    if last is not None and last.change != LicenceChange.REINSTATED:
        return last.change
    if on > licence.expires_on:
        return Licence.EXPIRED
    return Licence.EXHAUSTED if used >= licence.quantity() else Licence.ACTIVE


def known(
    application: Application, *, screened: dict[int, PartyState] | None = None, record: dict[str, RecordLine] | None = None,
    around: Around | None = None,
) -> flags.Known:
    """Everything the program's flags look at, for one application as it stands today. What was read already may be told."""
    end_user, parties, batch = application.end_user, application.parties(), Together()
    told = around if around is not None else asked_around(application, batch)
    if record is None:
        record = by_kind(batch.rows(record_rows(end_user)))
    screened = screened if screened is not None else states_of(party for _role, party in parties)
    certificate = getattr(application, "certificate", None)
    submission = getattr(application, "submission", None)
    return flags.Known(
        application=application, parties=parties, lines=list(application.lines.all()), certificate=certificate,
        barred=list(certificate.barred_parties.all()) if certificate else [], today=clock.today(),
        filed_on=submission.recorded_at.date() if submission else clock.today(), record=record,
        hits={state.party.name: len(state.open_hits) for state in screened.values() if state.open_hits},
        listed={state.party.name: [f"{hit.entity_name} ({hit.list_version})" for hit in state.matches] for state in screened.values() if state.matches},
        **_held_only_of_delivered(told, record), others=_known_of_others(application),
    )


def other_end_users(application: Application) -> list[Party]:
    """Whoever else may come to hold the firearms, a body once: ultimate end users, and recipients that an open application names."""
    bodies = {party.end_user_id: party for party in reversed(application.end_users())}
    return [party for party in reversed(bodies.values()) if party.end_user_id != application.end_user.end_user_id]


def _known_of_others(application: Application) -> list[flags.Known]:
    """What the flags look at of each other body that may come to hold the firearms, as if it were the end user."""
    batch, lines = Together(), list(application.lines.all())
    asked = [(party, asked_around_end_user(application, party, batch), batch.rows(record_rows(party))) for party in other_end_users(application)]
    found = []
    for party, told, rows in asked:
        record = by_kind(rows)
        found.append(flags.Known(
            application=application, whose=party, parties=(), lines=lines, certificate=None, barred=(), today=clock.today(), filed_on=clock.today(),
            record=record, **_held_only_of_delivered(told, record)))
    return found


def _held_only_of_delivered(told: Around, record: Mapping[str, RecordLine]) -> dict[str, Any]:
    """What lies around; an end user that received nothing under this register has no calibres to compare with."""
    found = {name: answer() for name, answer in told.items()}
    return found if RecordLine.DELIVERED in record else {**found, "calibres_held": {}}


def record_as_words(end_user: Party) -> dict[str, Any]:
    """The end user's measured record in plain values, as an assessment keeps what its officer saw."""
    return {kind: {"figures": line.figures, "rests_on": line.rests_on, "as_of": line.as_of.isoformat()} for kind, line in record_of(end_user).items()}


def approved_in_scope(measure: Measure, since: date, *, but: Licence | None = None) -> int:
    """How many firearms were licensed in a measure's scope since a day; `but`: of another licence than this.

    An open licence counts with its whole ceiling for each of its recipients and countries: all of it may go to any of them.
    """
    rows = LicenceLine.objects.filter(licence__issued_on__gte=since).exclude(licence=but)
    if measure.end_user is not None:
        rows = rows.filter(licence__in=licences_reaching(measure.end_user))
    if measure.country:
        rows = rows.filter(in_country(measure.country, "licence__application__"))
    if measure.firearm_type:
        rows = rows.filter(firearm_type=measure.firearm_type)
    if measure.calibre:
        rows = rows.filter(calibre=measure.calibre)
    if measure.automatic is not None:
        rows = rows.filter(automatic=measure.automatic)
    return rows.aggregate(n=Sum("quantity"))["n"] or 0


def touched_today(measure: Measure) -> dict[str, Any]:
    """What a measure would touch if it were in force now: open applications and live licences with what they still permit."""
    pending = [each for each in _in_scope(states.open_only(Application.objects.all()), measure, "")
               .select_related("end_user").prefetch_related("lines") if matching(measure, each.lines.all())]
    live = _in_scope(Licence.objects.filter(expires_on__gte=clock.today()), measure, "application__").prefetch_related("lines", "changes")
    used = used_by_licence(live)
    active = [each for each in live if state_on(each, used.get(each.pk, 0), clock.today()) == Licence.ACTIVE and matching(measure, each.lines.all())]
    return {
        "applications": pending, "licences": active,
        "firearms_asked": sum(line.quantity for each in pending for line in matching(measure, each.lines.all())),
        "firearms_left": sum(sum(line.quantity for line in each.lines.all()) - used.get(each.pk, 0) for each in active),
    }


def touched_for(user: User | None, measure: Measure) -> dict[str, Any]:
    """What a measure would touch, told to one viewer: references only of what the viewer sees, the counts in full."""
    touched = touched_today(measure)
    applications_seen = set(Application.objects.visible_to(user).values_list("pk", flat=True))
    licences_seen = set(Licence.objects.visible_to(user).values_list("pk", flat=True))
    return {
        "application_count": len(touched["applications"]), "applications_open": states.open_only(Application.objects.all()).count(), "licence_count": len(touched["licences"]),
        "applications": [each.reference for each in touched["applications"] if each.pk in applications_seen],
        "licences": [each.reference for each in touched["licences"] if each.pk in licences_seen],
        "firearms_asked": touched["firearms_asked"], "firearms_left": touched["firearms_left"],
    }


@dataclass(frozen=True)
class Countersigning:
    """How many countersign a recommendation, by which rules, and who did already."""

    needed: int
    rules: list[dated.Dated]
    given: list[Countersignature]


def countersigning(application: Application, recommendation: Recommendation) -> Countersigning:
    """What the rules of today ask for an approval; any other outcome has one countersigner."""
    needed: int = 1
    rules: list[dated.Dated] = []
    if recommendation.outcome == Recommendation.APPROVE:
        answers = {**recommendation.assessment.criteria, **recommendation.assessment.flags}
        needed, rules = dated.countersigners_needed(application.lines.all(), answers, clock.today())
    return Countersigning(needed, rules, sorted(recommendation.countersignatures.all(), key=lambda each: each.pk))


def verification_code(licence: Licence) -> str:
    """What is printed on a licence beside its reference: the end of its leaf's hash, which nobody can guess before it is issued."""
    return bytes(licence.leaf.leaf_hash).hex()[-CODE_LENGTH:]


def check_licence(reference: str, code: str) -> dict[str, Any]:
    """Whether a licence of this reference and code is valid today, with its dates: all that the public is told."""
    licence = Licence.objects.select_related("leaf").prefetch_related("changes", "lines").filter(reference=reference.strip().upper()).first()
    if licence is None or not compare_digest(verification_code(licence).encode(), code.strip().lower()[:64].encode()):
        return {"valid": False}
    used = used_by_licence(Licence.objects.filter(pk=licence.pk)).get(licence.pk, 0)
    is_valid = state_on(licence, used, clock.today()) in {Licence.ACTIVE, Licence.EXHAUSTED}
    return {"valid": is_valid, "issued_on": licence.issued_on, "expires_on": licence.expires_on}


def _in_scope(rows: QuerySet[Any], measure: Measure, through: str) -> QuerySet[Any]:
    if measure.end_user is not None:
        reached = licences_reaching(measure.end_user) if through else applications_reaching(measure.end_user)
        below = Q(pk__in=reached)
        if measure.kind in {Measure.MORATORIUM, Measure.BAN_ON_UNIT}:
            # These block what is sent to whom they name, whoever the end user is.
            below |= Q(**{f"{through}consignee__path__startswith": measure.end_user.path})
        rows = rows.filter(below)
    return rows.filter(in_country(measure.country, through)) if measure.country else rows
