"""Endpoints of licensing: applications, casework, licences, and lists, since loading one compares licensed parties again."""

from __future__ import annotations

import json
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from enduse import clock
from enduse.accounts.permissions import must_see, permit, sees
from enduse.licensing import actions, chain, queries, risk_summary, rule_tables, states
from enduse.licensing.advisories.api import router as advisory_router
from enduse.licensing.beside import Beside
from enduse.licensing.case_api import router as case_router
from enduse.licensing.case_schemas import APPLICATION_FIELDS
from enduse.licensing.caselists import cases
from enduse.licensing.certificate_api import registered
from enduse.licensing.certificate_api import router as certificate_router
from enduse.licensing.chain import ChainAsked
from enduse.licensing.conditions import as_sentence
from enduse.licensing.consultation_api import router as consultation_router
from enduse.licensing.decision_api import router as decisions
from enduse.licensing.denial_api import router as denial_router
from enduse.licensing.flags import raised
from enduse.licensing.kinds import KindAsked
from enduse.licensing.models import Application, Hold, Licence
from enduse.licensing.open_api import router as open_router
from enduse.licensing.schemas import (
    LICENCE_FIELDS,
    ApplicationIn,
    ApplicationOut,
    ApplicationRow,
    Applications,
    AssessIn,
    AssessmentOut,
    DecideIn,
    DecisionOut,
    HoldIn,
    HoldOut,
    LicenceChangeOut,
    LicenceOut,
    Licences,
    LoadedOut,
    OptionalReason,
    Reason,
    RecommendationOut,
    RecommendIn,
    RuleTableOut,
    ScreenedOut,
    StatementOut,
    TouchedOut,
    Verified,
)
from enduse.licensing.standing import on_day
from enduse.licensing.whole import found_whole
from enduse.measures.models import Measure
from enduse.pages import COUNTED, listed, visible_or_404
from enduse.parties.gaps import gaps_of
from enduse.parties.models import Party
from enduse.parties.record import in_words
from enduse.refusals import Invalid, Problem
from enduse.screening.actions import Compared
from enduse.screening.actions import load_list as take_list

router = Router(tags=["licensing"])
router.add_router("", decisions)
router.add_router("", certificate_router)
router.add_router("", advisory_router)
router.add_router("", open_router)
router.add_router("", denial_router)
router.add_router("", consultation_router)


def _application(user: Any, reference: str) -> Application:
    return found_whole(Application.objects.visible_to(user), reference=reference)


def _licence(user: Any, reference: str) -> Licence:
    return visible_or_404(queries.licences(user), reference=reference)


def _party(user: Any, pk: int, field: str) -> Party:
    party = Party.objects.visible_to(user).filter(pk=pk).first()
    if party is None:
        raise Invalid(Problem(_("There is no such party."), _("Use the id of a party that you see."), field=field, found=str(pk)))
    return party


def asked(user: Any, body: ApplicationIn) -> dict[str, Any]:
    """The body in the words of the actions."""
    certificate = None
    if body.certificate_number or body.certificate_issuer:
        if body.certificate_issued_on is None or body.certificate_expires_on is None:
            raise Invalid(Problem(_("The certificate's dates are missing."), _("Copy them from the certificate."), field="certificate_issued_on"))
        certificate = actions.CertificateGiven(
            number=body.certificate_number, issuer=body.certificate_issuer, signatory=body.certificate_signatory,
            issued_on=body.certificate_issued_on, expires_on=body.certificate_expires_on, no_reexport=body.no_reexport,
            consents_to_checks=body.consents_to_checks, verifies_delivery=body.verifies_delivery, barred_regions=body.barred_regions,
            barred_parties=[_party(user, pk, "barred_parties") for pk in body.barred_parties], file_sha256=body.certificate_sha256,
            single_use=body.certificate_single_use, quantity=body.certificate_quantity)
    return {
        "capacity": body.capacity, "end_user": _party(user, body.end_user, "end_user"), "consignee": _party(user, body.consignee, "consignee"),
        "country": body.country, "purpose": body.purpose, "lines": [actions.LineAsked(**line.dict()) for line in body.lines],
        "seller": _party(user, body.seller, "seller") if body.seller is not None else None,
        "intermediaries": [_party(user, pk, "intermediaries") for pk in body.intermediaries], "certificate": certificate,
        "payer": _party(user, body.payer, "payer") if body.payer is not None else None, "transit_countries": body.transit_countries,
        "others": ChainAsked(*(tuple(_party(user, pk, f"{role}s") for pk in getattr(body, f"{role}s")) for role in chain.ROLES)),
        "kind": KindAsked(body.kind, body.return_by, body.origin_country, body.consent,
                          tuple(_party(user, pk, "recipients") for pk in body.recipients), tuple(body.destinations)),
    }


def shown(user: Any, application: Application) -> dict[str, Any]:
    """An application as the viewer may see it: what officers weigh is for officers."""
    is_officer = sees(user, "screening")
    beside = Beside(user, application)
    screened = beside.screened if is_officer else {}
    decision = getattr(application, "decision", None)
    licence = getattr(application, "licence", None)
    filed_on = application.filed_on or clock.today()
    given, assessment = getattr(application, "certificate", None), states.latest_assessment(application)
    return {
        "reference": application.reference, "state": application.state, "state_name": str(states.NAMES[application.state]),
        "capacity": application.capacity, "purpose": application.purpose, "country": application.country, "transit_countries": application.transit_countries,
        "kind": application.kind, "return_by": application.return_by, "origin_country": application.origin_country, "consent": application.consent, "destinations": application.destinations,
        "parties": [{"role": role, "id": party.pk, "name": party.name, "screening": screened[party.pk].state if is_officer else None}
                    for role, party in application.parties()],
        "lines": [{**line.as_words(), "control_entry": line.entry_on(filed_on), **({} if sees(user, "value") else {"unit_value_cents": None})}
                  for line in application.lines.all()],
        "certificate": {**given.as_words(), **registered(given)} if given else None,
        "licence": licence.reference if licence else None, "outcome": decision.outcome if decision else None,
        "reason_codes": decision.recommendation.reason_codes if decision else [],
        "decisions": sorted(application.decisions.all(), key=lambda each: each.pk), "notice": getattr(decision, "legislature_notice", None),
        "countersignatures": _countersignatures(application) if is_officer else None, "replaces": application.replaces.reference if application.replaces else None,
        "missing": [{"kind": each.kind, "rule": each.refusal.rule, "reason": each.refusal.reason, "remedy": each.refusal.remedy}
                    for each in beside.missing()] if is_officer else None,
        "record": [line.__dict__ for line in in_words(beside.record)] if is_officer else None,
        "other_records": [{"party": each["party"].pk, "name": each["party"].name, "record": [line.__dict__ for line in each["record"]],
                           "gaps": [gap.text for gap in each["gaps"]]} for each in beside.other_records] if is_officer else None,
        "raised_flags": raised(beside.known()) if is_officer else None,
        "gaps": [gap.text for gap in gaps_of(beside.record, clock.today())] if is_officer else None,
        "proposed_conditions": assessment.proposed_conditions() if is_officer and assessment else None,
        "assessment": assessment if is_officer else None,
        "recommendation": states.live_recommendation(application) if is_officer else None,
        "holds": states.open_holds(application) if is_officer else None,
    }


def _countersignatures(application: Application) -> dict[str, Any] | None:
    live = states.live_recommendation(application)
    if live is None:
        return None
    said = queries.countersigning(application, live)
    return {"needed": said.needed, "given": len(said.given), "rules": [rule.code for rule in said.rules]}


@router.get("/applications", response=Applications, operation_id="licensing.list_applications")
def list_applications(
    request: HttpRequest, state: str = Query("", description="A state, or 'open'."),
    search: str = Query("", description="Words in the case or in a party's name, from their beginning."),
    limit: int = Query(100, ge=1, le=500), offset: int = Query(0, ge=0),
) -> Any:
    """The applications that you see, newest first."""
    must_see(request.user, "application")
    return listed(cases(request.user, state=state, search=search), offset, limit, most=COUNTED if search else 0, fields=APPLICATION_FIELDS)


@router.get("/applications/{reference}", response=ApplicationOut, operation_id="licensing.get_application")
def get_application(request: HttpRequest, reference: str) -> Any:
    """One application; for officers with everything that is weighed."""
    must_see(request.user, "application")
    return shown(request.user, _application(request.user, reference))


@router.post("/applications", response=ApplicationRow, operation_id="licensing.draft")
def draft(request: HttpRequest, body: ApplicationIn) -> Any:
    """Draft an application of your own party."""
    permit(request.user, "licensing.draft")
    return actions.draft(by=request.user, **asked(request.user, body))


@router.post("/applications/{reference}/revise", response=ApplicationRow, operation_id="licensing.revise_draft")
def revise_draft(request: HttpRequest, reference: str, body: ApplicationIn) -> Any:
    """Put new words in the place of a draft's."""
    permit(request.user, "licensing.draft")
    return actions.revise_draft(_application(request.user, reference), by=request.user, **asked(request.user, body))


@router.post("/applications/{reference}/submit", response=ApplicationRow, operation_id="licensing.submit")
def submit(request: HttpRequest, reference: str) -> Any:
    """File a draft. From here on its words stand."""
    permit(request.user, "licensing.submit")
    return actions.submit(_application(request.user, reference), by=request.user)


@router.post("/applications/{reference}/withdraw", response=ApplicationRow, operation_id="licensing.withdraw")
def withdraw(request: HttpRequest, reference: str, body: OptionalReason) -> Any:
    """Take an application back before it is decided."""
    permit(request.user, "licensing.withdraw")
    return actions.withdraw(_application(request.user, reference), reason=body.reason, by=request.user)


@router.post("/applications/{reference}/assess", response=AssessmentOut, operation_id="licensing.assess")
def assess(request: HttpRequest, reference: str, body: AssessIn) -> Any:
    """Answer every criterion and every raised flag."""
    permit(request.user, "licensing.assess")
    said = body.dict()
    application = _application(request.user, reference)
    return actions.assess(application, criteria=said["criteria"], flags=said["flags"], summary=body.summary, by=request.user)


@router.get("/applications/{reference}/risk-summary", response=list[StatementOut], operation_id="licensing.get_risk_summary")
def get_risk_summary(request: HttpRequest, reference: str) -> Any:
    """A draft summary of the risk from the records as they stand today, each sentence with its record and date. It decides nothing."""
    must_see(request.user, "screening")
    return risk_summary.draft(queries.known(_application(request.user, reference)))


@router.post("/applications/{reference}/recommend", response=RecommendationOut, operation_id="licensing.recommend")
def recommend(request: HttpRequest, reference: str, body: RecommendIn) -> Any:
    """Recommend an outcome on the latest assessment."""
    permit(request.user, "licensing.recommend")
    return actions.recommend(_application(request.user, reference), by=request.user, **body.dict())


@router.post("/applications/{reference}/send-back", response=RecommendationOut, operation_id="licensing.send_back")
def send_back(request: HttpRequest, reference: str, body: Reason) -> Any:
    """Send a recommendation back to the officer: it no longer counts."""
    permit(request.user, "licensing.send_back")
    return actions.send_back(_application(request.user, reference), reason=body.reason, by=request.user).recommendation


@router.post("/applications/{reference}/decide", response=DecisionOut, operation_id="licensing.decide")
def decide(request: HttpRequest, reference: str, body: DecideIn) -> Any:
    """Countersign the recommendation. The last countersignature that the rules ask for decides; an approval then issues the licence."""
    permit(request.user, "licensing.decide")
    return actions.decide(_application(request.user, reference), note=body.note, recommendation=body.recommendation, by=request.user)


@router.post("/applications/{reference}/hold", response=HoldOut, operation_id="licensing.hold")
def hold(request: HttpRequest, reference: str, body: HoldIn) -> Any:
    """Put an application on hold for review."""
    permit(request.user, "licensing.hold")
    return actions.hold(_application(request.user, reference), because=body.because, source=body.source, by=request.user)


@router.post("/holds/{int:hold_id}/release", response=HoldOut, operation_id="licensing.release_hold")
def release_hold(request: HttpRequest, hold_id: int, body: Reason) -> Any:
    """Release a hold after review."""
    permit(request.user, "licensing.release_hold")
    found = visible_or_404(Hold.objects.filter(application__in=Application.objects.visible_to(request.user)), pk=hold_id)
    return actions.release_hold(found, reason=body.reason, by=request.user).hold


@router.get("/licences", response=Licences, operation_id="licensing.list_licences")
def list_licences(
    request: HttpRequest, state: str = Query("", description="A state, or 'live'."),
    search: str = Query("", description="Words in the case or in a party's name, from their beginning."),
    limit: int = Query(100, ge=1, le=500), offset: int = Query(0, ge=0),
) -> Any:
    """The licences that you see, newest first."""
    must_see(request.user, "licence")
    rows, today = queries.licences_listed(request.user, state=state, search=search), clock.today()
    found = listed(rows, offset, limit, most=COUNTED if search or state else 0, fields=LICENCE_FIELDS)
    return found | {"items": [said | {"state": on_day(said["state"], said["expires_on"], today)} for said in found["items"]]}


@router.get("/licences/{reference}", response=LicenceOut, operation_id="licensing.get_licence")
def get_licence(request: HttpRequest, reference: str) -> Any:
    """One licence with its lines, conditions, changes and balance."""
    must_see(request.user, "licence")
    licence = _licence(request.user, reference)
    used = queries.used_by_line(licence)
    taken = sum(used.values())
    return {
        "reference": licence.reference, "state": queries.state_on(licence, taken, clock.today()), "application": licence.application.reference,
        "end_user": licence.application.end_user_id, "end_user_name": licence.application.end_user.name, "issued_on": licence.issued_on,
        "expires_on": licence.expires_on, "quantity": licence.quantity(), "used": taken, "conditions": licence.conditions,
        "conditions_in_words": [as_sentence(condition) for condition in licence.conditions],
        "lines": [{**line.as_item(), "control_entry": line.entry, "remaining": line.quantity - used.get(line.pk, 0)} for line in licence.lines.all()],
        "changes": list(licence.changes.all()), "proposals": list(licence.proposals.select_related("answer")), "verification_code": queries.verification_code(licence),
    }


@router.post("/licences/{reference}/suspend", response=LicenceChangeOut, operation_id="licensing.suspend")
def suspend(request: HttpRequest, reference: str, body: Reason) -> Any:
    """Stop a licence at once."""
    permit(request.user, "licensing.suspend")
    return actions.suspend(_licence(request.user, reference), reason=body.reason, by=request.user)


@router.post("/licences/{reference}/reinstate", response=LicenceChangeOut, operation_id="licensing.reinstate")
def reinstate(request: HttpRequest, reference: str, body: Reason) -> Any:
    """Let a suspended licence live again: another person than the one who suspended it."""
    permit(request.user, "licensing.reinstate")
    return actions.reinstate(_licence(request.user, reference), reason=body.reason, by=request.user)


@router.post("/licences/{reference}/surrender", response=LicenceChangeOut, operation_id="licensing.surrender")
def surrender(request: HttpRequest, reference: str, body: Reason) -> Any:
    """Give a licence back: what was not shipped lapses."""
    permit(request.user, "licensing.surrender")
    return actions.surrender(_licence(request.user, reference), reason=body.reason, by=request.user)


@router.get("/rule-tables/{name}", response=RuleTableOut, operation_id="licensing.get_rule_table")
def get_rule_table(request: HttpRequest, name: str, search: str = "") -> Any:
    """The rules that officers work by as a table: criteria, flags, conditions, reasons or measures."""
    if name not in rule_tables.TABLES:
        raise Invalid(Problem(_("There is no such table."), _("Choose one of: %s.") % ", ".join(rule_tables.TABLES), field="name", found=name))
    return rule_tables.as_plain(rule_tables.TABLES[name], search)


@router.get("/verify", response=Verified, operation_id="licensing.verify", auth=None, exclude_none=True)
def verify(request: HttpRequest, reference: str, code: str = Query(description="The last eight characters printed on the licence.")) -> Any:
    """Check a licence, without signing in: whether it is valid today, and its dates. Nothing else is told."""
    return queries.check_licence(reference, code)


@router.get("/measures/{reference}/touched", response=TouchedOut, operation_id="licensing.get_touched")
def get_touched(request: HttpRequest, reference: str) -> Any:
    """What a measure would touch today: open applications and live licences that you see, and how many firearms in all."""
    must_see(request.user, "measure")
    return queries.touched_for(request.user, visible_or_404(Measure.objects.visible_to(request.user), reference=reference))


@router.post("/rescreen", response=ScreenedOut, operation_id="licensing.rescreen_licensed_parties")
def rescreen(request: HttpRequest) -> Any:
    """Compare every screened party, and every party of a live licence, with what changed in the lists; hits on live licences raise alerts."""
    permit(request.user, "screening.screen")
    return _compared(actions.rescreen_licensed_parties(by=request.user))


def _compared(done: Compared) -> dict[str, Any]:
    return {"compared": done.parties, "changed": [screening.party_id for screening in done.screenings]}


@router.post("/lists", response=LoadedOut, operation_id="screening.load_list")
def load_list(
    request: HttpRequest, file: Annotated[UploadedFile, File(description="The list as its publisher gives it.")],
    format: str = Form("", description="One of the formats that docs/engines/names.md lists, such as ofac-xml, un-xml or zip; empty: by its content."),
    source: str = Form("", description="What the list is called; empty: its publisher or its file's name."),
    mapping: str = Form("", description='Of a csv: {"id": "column", "schema": "=Person", "name": "column", ...} as JSON.'),
    shrunk: bool = Form(False, description="Say so when the publisher took off more than a quarter of the entries."),
) -> Any:
    """Load a denied-party list; every party that was screened, and those of live licences, are compared with what changed."""
    permit(request.user, "screening.load_list")
    version = take_list(file, by=request.user, format=format or None, file_name=file.name or "", source=source, mapping=_mapping(mapping),
                        shrunk=shrunk)
    done = _compared(actions.rescreen_licensed_parties(by=request.user))
    return {"id": version.pk, "source": version.source, "version": version.version, "entries": version.entries, "sha256": version.sha256, **done}


def _mapping(text: str) -> dict[str, str] | None:
    if not text.strip():
        return None
    try:
        told = json.loads(text)
    except ValueError as error:
        raise Invalid(Problem(
            _("The mapping is not JSON: %s.") % error, _('Write it like {"id": "column", "name": "column"}.'), field="mapping")) from error
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise Invalid(Problem(_("The mapping is not a list of fields and columns."), _('Write it like {"id": "column"}.'), field="mapping"))
    return told


router.add_router("", case_router)
