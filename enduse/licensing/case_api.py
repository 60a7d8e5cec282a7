"""Endpoints of casework: lists, questions, who has a case, flags and notes, amendments, advice, routing."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from enduse.accounts.models import User
from enduse.accounts.permissions import Role, must_see, permit, sees
from enduse.licensing import actions, casefile, caselists, routing
from enduse.licensing.advice import consolidated
from enduse.licensing.case_schemas import (
    CASE_FIELDS,
    AdviseIn,
    AmendApplicationIn,
    AskAdviceIn,
    AskApplicantIn,
    AssignCaseIn,
    CaseEventOut,
    CaseOut,
    Cases,
    CaseTextIn,
    ComparisonOut,
    FlagCaseIn,
    MoveCaseIn,
    RoutingIn,
    RoutingOut,
    RoutingRulesIn,
    RoutingTestOut,
    case_row,
)
from enduse.licensing.cases import CaseEvent
from enduse.licensing.models import Application
from enduse.licensing.schemas import ApplicationRow, OptionalReason, Reason
from enduse.licensing.similar import similar
from enduse.licensing.timeline import timeline
from enduse.licensing.versions import compared
from enduse.licensing.whole import found_whole
from enduse.pages import COUNTED, listed, visible_or_404
from enduse.parties.models import Party, party_of
from enduse.refusals import Invalid, Problem
from enduse.screening.queries import states_of

router = Router(tags=["licensing"])


def application_of(user: Any, reference: str) -> Application:
    return found_whole(Application.objects.visible_to(user), reference=reference)


def event_of(user: Any, pk: int, sort: str) -> CaseEvent:
    """A question or a request for advice in a case that the viewer sees."""
    rows = CaseEvent.objects.filter(sort=sort, application__in=Application.objects.visible_to(user)).select_related("application", "body")
    return visible_or_404(rows.filter(body=party_of(user)) if user.role == Role.ADVISER else rows, pk=pk)


@router.get("/cases", response=Cases, operation_id="licensing.list_cases")
def list_cases(
    request: HttpRequest, state: str = Query("", description="A state, or 'open'."), queue: str = "",
    officer: str = Query("", description="'me', 'nobody' or a user name."), due: str = Query("", description="overdue, soon or stopped."),
    flag: str = "", country: str = "", search: str = "", sort: str = Query("", description="filed, due, quantity, value, reference; '-' before it: down."),
    limit: int = Query(100, ge=1, le=500), offset: int = Query(0, ge=0),
) -> Any:
    """The cases that you see: by state, queue, officer, due date, flag, destination, and by any word in them."""
    must_see(request.user, "application")
    rows = caselists.cases(request.user, state=state, queue=queue, officer=officer, due=due, flag=flag, country=country, search=search, sort=sort)
    officer_sees = sees(request.user, "casework")
    found = listed(rows, offset, limit, most=COUNTED if search else 0, fields=CASE_FIELDS)
    return found | {"items": [case_row(said, caselists.days_until(said["due_on"]), officer_sees=officer_sees) for said in found["items"]]}


@router.get("/cases/{reference}", response=CaseOut, operation_id="licensing.get_case")
def get_case(request: HttpRequest, reference: str) -> Any:
    """One case: its clock, who has it, questions, advice, similar cases and its whole timeline."""
    must_see(request.user, "application")
    application = application_of(request.user, reference)
    is_officer, is_own = sees(request.user, "casework"), application.applicant == party_of(request.user)
    screened = states_of(party for _role, party in application.parties()) if is_officer else {}
    advice = consolidated(application) if is_officer else None
    officer = casefile.officer_of(application)
    own = party_of(request.user)
    events = [event for event in casefile.events_of(application) if is_officer or (is_own and event.sort in CaseEvent.TO_APPLICANT)
              or (request.user.role == Role.ADVISER and event.body_id is not None and event.body == own)]
    return {
        "reference": application.reference, "state": application.state, "version": casefile.version_of(application),
        "clock": casefile.clock_of(application) if is_officer or is_own else None,
        "queue": casefile.queue_of(application) if is_officer else None,
        "officer": (officer.get_username() if officer else "") if is_officer else None,
        "flags": sorted(casefile.flags_of(application)) if is_officer else None, "events": events,
        "advice": {"position": advice.position, "text": advice.text, "waiting": [str(each.asked.body) for each in advice.waiting]} if advice else None,
        "similar": [{"reference": each.application.reference, "state": each.state, "reasons": list(each.reasons)}
                    for each in similar(request.user, application)] if is_officer else None,
        "timeline": [{**entry, "log": entry["leaf"] if entry["leaf"] != "" else None}
                     for entry in timeline(application, is_officer=is_officer, is_own=is_own, screened=screened.values())],
    }


@router.post("/applications/{reference}/ask", response=CaseEventOut, operation_id="licensing.ask")
def ask(request: HttpRequest, reference: str, body: AskApplicantIn) -> Any:
    """Ask the applicant something: the clock stops until it is answered."""
    permit(request.user, "licensing.ask")
    return actions.ask(application_of(request.user, reference), text=body.text, days=body.days, by=request.user)


@router.post("/questions/{int:question_id}/answer", response=CaseEventOut, operation_id="licensing.answer_question")
def answer_question(
    request: HttpRequest, question_id: int, text: str = Form(description="The answer."),
    files: Annotated[list[UploadedFile] | None, File(description="Documents that belong to it.")] = None,
) -> Any:
    """Answer a question of the authority, with documents where there are any."""
    permit(request.user, "licensing.answer_question")
    question = event_of(request.user, question_id, CaseEvent.ASKED)
    return actions.answer_question(question, text=text, files=[(file, file.name or "") for file in files or []], by=request.user)


@router.post("/questions/{int:question_id}/withdraw", response=CaseEventOut, operation_id="licensing.withdraw_question")
def withdraw_question(request: HttpRequest, question_id: int, body: Reason) -> Any:
    """Withdraw a question: the clock runs again."""
    permit(request.user, "licensing.withdraw_question")
    return actions.withdraw_question(event_of(request.user, question_id, CaseEvent.ASKED), reason=body.reason, by=request.user)


@router.post("/applications/{reference}/take", response=CaseEventOut, operation_id="licensing.take")
def take(request: HttpRequest, reference: str) -> Any:
    """Take a case that nobody has."""
    permit(request.user, "licensing.take")
    return actions.take(application_of(request.user, reference), by=request.user)


@router.post("/applications/{reference}/assign", response=CaseEventOut, operation_id="licensing.assign")
def assign(request: HttpRequest, reference: str, body: AssignCaseIn) -> Any:
    """Give a case to a licensing officer."""
    permit(request.user, "licensing.assign")
    officer = User.objects.filter(username=body.officer, role=Role.LICENSING_OFFICER.value).first()
    if officer is None:
        raise Invalid(Problem(_("There is no such licensing officer."), _("Use a user name."), field="officer", found=body.officer))
    return actions.assign(application_of(request.user, reference), officer=officer, by=request.user)


@router.post("/applications/{reference}/release", response=CaseEventOut, operation_id="licensing.release")
def release(request: HttpRequest, reference: str, body: OptionalReason) -> Any:
    """Give a case back to its queue."""
    permit(request.user, "licensing.release")
    return actions.release(application_of(request.user, reference), reason=body.reason, by=request.user)


@router.post("/applications/{reference}/move", response=CaseEventOut, operation_id="licensing.move")
def move(request: HttpRequest, reference: str, body: MoveCaseIn) -> Any:
    """Put a case into another queue."""
    permit(request.user, "licensing.move")
    return actions.move(application_of(request.user, reference), queue=body.queue, reason=body.reason, by=request.user)


@router.post("/applications/{reference}/flag", response=CaseEventOut, operation_id="licensing.flag")
def flag(request: HttpRequest, reference: str, body: FlagCaseIn) -> Any:
    """Set a flag on a case, or take it off."""
    permit(request.user, "licensing.flag")
    return actions.flag(application_of(request.user, reference), by=request.user, **body.dict())


@router.post("/applications/{reference}/note", response=CaseEventOut, operation_id="licensing.note")
def note(request: HttpRequest, reference: str, body: CaseTextIn) -> Any:
    """Write a note for colleagues; nobody outside the authority sees it."""
    permit(request.user, "licensing.note")
    return actions.note(application_of(request.user, reference), text=body.text, by=request.user)


@router.post("/applications/{reference}/amend", response=CaseEventOut, operation_id="licensing.amend")
def amend(request: HttpRequest, reference: str, body: AmendApplicationIn) -> Any:
    """File a new version of an application before it is decided. What was filed before is kept."""
    from enduse.licensing.api import asked

    permit(request.user, "licensing.amend")
    return actions.amend(application_of(request.user, reference), reason=body.why, version=body.version, by=request.user,
                         **asked(request.user, body))


@router.post("/applications/{reference}/copy", response=ApplicationRow, operation_id="licensing.copy")
def copy(request: HttpRequest, reference: str) -> Any:
    """A new draft that asks for the same, without the certificate."""
    permit(request.user, "licensing.copy")
    return actions.copy(application_of(request.user, reference), by=request.user)


@router.get("/applications/{reference}/versions", response=ComparisonOut, operation_id="licensing.get_versions")
def get_versions(request: HttpRequest, reference: str, earlier: int | None = None, later: int | None = None) -> Any:
    """Two versions of an application, field by field; as they stand: the last two."""
    must_see(request.user, "application")
    application = application_of(request.user, reference)
    first, second = which_versions(application, earlier, later)
    return {"earlier": first, "later": second, "versions": casefile.version_of(application),
            "fields": compared(request.user, application, first, second)}


def which_versions(application: Application, earlier: int | None, later: int | None) -> tuple[int, int]:
    """The two versions that were asked for, each within what there is."""
    last = casefile.version_of(application)
    second = min(max(later or last, 1), last)
    return min(max(earlier or second - 1, 1), last), second


@router.post("/applications/{reference}/ask-advice", response=CaseEventOut, operation_id="licensing.ask_advice")
def ask_advice(request: HttpRequest, reference: str, body: AskAdviceIn) -> Any:
    """Ask another body for its advice."""
    permit(request.user, "licensing.ask_advice")
    asked_of = Party.objects.visible_to(request.user).filter(pk=body.body).first()
    if asked_of is None:
        raise Invalid(Problem(_("There is no such party."), _("Use the id of a party that you see."), field="body", found=str(body.body)))
    return actions.ask_advice(application_of(request.user, reference), body=asked_of, text=body.text, days=body.days, by=request.user)


@router.post("/advice/{int:advice_id}/give", response=CaseEventOut, operation_id="licensing.advise")
def advise(request: HttpRequest, advice_id: int, body: AdviseIn) -> Any:
    """Give the advice that your body was asked for."""
    permit(request.user, "licensing.advise")
    return actions.advise(event_of(request.user, advice_id, CaseEvent.ADVICE_ASKED), position=body.position, text=body.text, by=request.user)


@router.post("/advice/{int:advice_id}/close", response=CaseEventOut, operation_id="licensing.close_advice")
def close_advice(request: HttpRequest, advice_id: int, body: Reason) -> Any:
    """Go on without an advice that was asked."""
    permit(request.user, "licensing.close_advice")
    return actions.close_advice(event_of(request.user, advice_id, CaseEvent.ADVICE_ASKED), reason=body.reason, by=request.user)


def _rules_out(rules: Any) -> dict[str, Any]:
    return {"id": rules.pk if rules else None, "rules": rules.rules if rules else [], "reason": rules.reason if rules else "",
            "sentences": [routing.as_sentence(rule) for rule in rules.rules] if rules else [], "recorded_at": rules.recorded_at if rules else None}


@router.get("/routing", response=RoutingOut, operation_id="licensing.get_routing")
def get_routing(request: HttpRequest) -> Any:
    """The routing rules that count."""
    must_see(request.user, "routing")
    return _rules_out(routing.current_rules())


@router.post("/routing/test", response=RoutingTestOut, operation_id="licensing.test_routing")
def try_routing(request: HttpRequest, body: RoutingRulesIn) -> Any:
    """What rules would catch among the open applications, before they are saved. Nothing is recorded."""
    permit(request.user, "licensing.test_routing")
    return routing.test([rule.dict() for rule in body.rules], request.user)


@router.post("/routing", response=RoutingOut, operation_id="licensing.edit_routing")
def edit_routing(request: HttpRequest, body: RoutingIn) -> Any:
    """Save the whole set of routing rules as its next version."""
    permit(request.user, "licensing.edit_routing")
    return _rules_out(actions.edit_routing([rule.dict() for rule in body.rules], reason=body.reason, read=body.read, by=request.user))


