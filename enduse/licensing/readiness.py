"""What stands between an application and its decision. Each rule is one function; the page lists them, the decision obeys them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.certificates import states as certificate_states
from enduse.licensing import casefile, chain, dated, states
from enduse.licensing.consultations import DenialConsultation, refuse_unless_consulted
from enduse.licensing.denials import NotifiedDenial
from enduse.licensing.matching import Match, compared
from enduse.licensing.models import Application, Assessment, Recommendation
from enduse.licensing.open_licences import needs_certificate
from enduse.licensing.queries import approved_in_scope
from enduse.measures.actions import refuse_if_measure_in_force
from enduse.measures.models import Measure
from enduse.measures.queries import held_by, rows_in_force
from enduse.refusals import Refused
from enduse.screening.queries import CLEAR, PartyState, states_of

CHECKED_WITHIN_MONTHS = 12
HITS_NAMED = 3  # of one party, in a refusal


@dataclass(frozen=True)
class Missing:
    """One thing that stands in the way: `kind` names it for a page, `refusal` says it and how to go on."""

    kind: str
    refusal: Refused


def before_approval(
    application: Application, *, screened: dict[int, PartyState] | None = None, match: Match | None = None, measures: Sequence[Measure] | None = None,
    denials: Iterable[NotifiedDenial] | None = None, consulted: Iterable[DenialConsultation] | None = None,
) -> list[Missing]:
    """Everything that stands between this application and its approval today; empty when a countersigner may approve.

    What was read already may be told: screenings, the comparison of the papers, the measures in force (`measures_for`),
    denials of other states (`may_touch`) and the consultations on them.
    """
    if application.state not in states.OPEN:
        return []
    tests: list[tuple[str, Callable[[], Any]]] = [
        ("hold", lambda: refuse_if_held(application)),
        ("question", lambda: refuse_while_asked(application)),
        ("advice", lambda: refuse_while_advice_is_open(application)),
        ("certificate", lambda: refuse_on_certificate(application)),
        ("papers", lambda: refuse_on_differences(application, match)),
        ("screening", lambda: refuse_unless_screened(application, clear=True, screened=screened)),
        ("consultation", lambda: refuse_unless_consulted(application, denials=denials, consulted=consulted)),
        ("measure", lambda: refuse_under_a_measure(application, clock.today(), measures)),
        ("assessment", lambda: refuse_unless_assessed(application)),
        ("recommendation", lambda: refuse_unless_recommended(application)),
    ]
    return [Missing(kind, refusal) for kind, test in tests if (refusal := _refusal_of(test)) is not None]


def before_recommending_approval(application: Application) -> list[Missing]:
    """What stands in the way of recommending an approval, besides the assessment: a state that denied the like is consulted first."""
    refusal = _refusal_of(lambda: refuse_unless_consulted(application))
    return [Missing("consultation", refusal)] if refusal is not None and application.state in states.OPEN else []


def _refusal_of(test: Callable[[], Any]) -> Refused | None:
    try:
        test()
    except Refused as refusal:
        return refusal
    return None


def refuse_if_held(application: Application) -> None:
    """Rule 6: what is held for review is not approved."""
    holds = states.open_holds(application)
    if holds:
        raise Refused(
            _("%(application)s is on hold: %(because)s"), _("A countersigner reviews what was learnt and releases the hold, or denies."), rule=6,
            application=application.reference, because=" · ".join(hold.because for hold in holds), source=holds[0].source)


def refuse_while_asked(application: Application) -> None:
    """Nothing is recommended or decided while the applicant has not answered what it was asked."""
    asked = casefile.open_questions(application)
    if asked:
        raise Refused(
            _("%(application)s waits for the applicant: %(question)s"), _("Wait for the answer, or withdraw the question."),
            application=application.reference, question=" · ".join(each.asked.text for each in asked))


def refuse_while_advice_is_open(application: Application) -> None:
    """Nothing is decided while another body's advice is open."""
    waiting = casefile.open_advice(application)
    if waiting:
        raise Refused(
            _("%(application)s waits for the advice of %(bodies)s."), _("Wait for it, or close the request and say why."),
            application=application.reference, bodies=", ".join(sorted({str(each.asked.body) for each in waiting})))


def refuse_on_certificate(application: Application) -> None:
    """No approval on a certificate that was recalled, is disputed or forged, or has expired, or that its issuer has not confirmed.

    The last is a rule with dates (`certificate_rules`): where it does not apply, an unconfirmed certificate is enough. An open application
    stands on none where each of its consignments carries one.
    """
    given = getattr(application, "certificate", None)
    certificate = given.registered if given is not None else None
    rule = dated.certificate_confirmed(clock.today())
    if certificate is None:
        if rule is not None and needs_certificate(application):
            raise Refused(_("%(application)s stands on no certificate that could be confirmed."), _("Ask the applicant to amend it with its certificate."),
                          application=application.reference)
        return
    state = certificate_states.state_of(certificate)
    if state in certificate_states.CHALLENGED:
        against = next(each for each in certificate_states.standing(certificate) if each.sort == state)
        raise Refused(
            _("Certificate %(number)s is %(state)s: %(why)s"),
            _("A dispute is settled by a countersigner; for what was recalled or forged the end user gives a new certificate, or deny."),
            number=certificate.number, state=str(certificate_states.NAMES[state]), why=against.reason)
    if certificate.expires_on < clock.today():
        raise Refused(_("Certificate %(number)s expired on %(day)s."), _("Ask the applicant for a new certificate."), number=certificate.number,
                      day=certificate.expires_on.isoformat())
    if rule is not None and not certificate_states.is_vouched_for(certificate):
        raise Refused(
            _("The issuer of certificate %(number)s has not confirmed it."),
            _("Ask the issuer by a channel that the applicant did not name and record its answer, or take its signed file."),
            number=certificate.number, by_rule=rule.code)


def refuse_on_differences(application: Application, match: Match | None = None) -> None:
    """No approval while a paper says otherwise than the application and no officer has accepted it with a reason."""
    open_ones = (match or compared(application)).unanswered
    if open_ones:
        raise Refused(
            _("The papers of %(application)s differ: %(what)s."),
            _("The applicant files the right paper, or a licensing officer accepts each difference with a reason."),
            application=application.reference, what="; ".join(f"{each.paper}, {each.what}: {each.said}" for each in open_ones))


def refuse_unless_screened(application: Application, *, clear: bool, screened: dict[int, PartyState] | None = None) -> None:
    """Rule 2: every party compared with the current lists and every hit answered; `clear`: and none of them on a list."""
    wrong = unscreened(application, clear=clear, screened=screened)
    if wrong:
        raise Refused(
            _("The screening of %(application)s is not complete: %(parties)s."),
            _("Screen these parties, and answer each possible match; a party that is on a list cannot be approved.") if clear
            else _("Screen these parties, and answer each possible match: an assessment rests on who they are."), rule=2,
            application=application.reference, parties="; ".join(_with_hits(state) for state in wrong))


def unscreened(application: Application, *, clear: bool, screened: dict[int, PartyState] | None = None) -> list[PartyState]:
    """The parties of an application whose screening is not complete, or with `clear` not clear."""
    if screened is None:
        screened = states_of({party.pk: party for _role, party in application.parties()}.values())
    return [state for state in screened.values() if (state.state != CLEAR if clear else not state.is_complete)]


def _with_hits(state: PartyState) -> str:
    """A party, where it stands, and which entries wait for an answer."""
    waiting = ", ".join(dict.fromkeys(f"{hit.entity_name} ({hit.list_version})" for hit in state.open_hits[:HITS_NAMED]))
    return f"{state.party}: {state.name}" + (f", {waiting}" if waiting else "")


def refuse_unless_assessed(application: Application) -> Assessment:
    """Rule 2: a completed assessment since the application was filed."""
    assessment = states.latest_assessment(application)
    if assessment is None:
        raise Refused(_("%(application)s is not assessed."), _("A licensing officer answers every criterion and flag."), rule=2,
                      application=application.reference)
    return assessment


def refuse_unless_recommended(application: Application) -> Recommendation:
    """Rule 2: a recommendation that counts, resting on the assessment that counts."""
    recommendation = states.live_recommendation(application)
    if recommendation is None:
        raise Refused(_("%(application)s has no recommendation that counts."), _("A licensing officer recommends; what was sent back is void."),
                      rule=2, application=application.reference)
    assessment = refuse_unless_assessed(application)
    if recommendation.assessment_id != assessment.pk:
        raise Refused(_("%(application)s was assessed again after the recommendation."), _("The officer recommends again on the new assessment."),
                      rule=2, application=application.reference)
    return recommendation


def refuse_own_work(recommendation: Recommendation, by: User) -> None:
    """Rule 2: nobody decides what they recommended or assessed."""
    if by.pk in {recommendation.recorded_by_id, recommendation.assessment.recorded_by_id}:
        raise Refused(_("You recommended or assessed %(application)s: another officer decides."), _("Ask another countersigner."), rule=2,
                      application=recommendation.application.reference)


def had_part_in_appealed(application: Application, by: User) -> bool:
    appeal = states.open_appeal(application)
    if appeal is None:
        return False
    first = appeal.decision
    took_part = {first.recorded_by_id, first.recommended_by_id, first.recommendation.assessment.recorded_by_id}
    return by.pk in took_part | {each.recorded_by_id for each in first.recommendation.countersignatures.all()}


def refuse_part_in_appealed(application: Application, by: User) -> None:
    """Rule 2: what was appealed against is assessed, recommended and decided by officers who had no part in the first decision."""
    if had_part_in_appealed(application, by):
        raise Refused(_("You had a part in the first decision on %(application)s: other officers decide the appeal."), _("Leave it to a colleague."),
                      rule=2, application=application.reference)


def measures_for(application: Application, on: date) -> QuerySet[Measure]:
    """The measures in force that may bind this application, by its end user or by who receives."""
    return rows_in_force(on, end_users=[*application.end_users(), application.consignee], country=application.country)


def refuse_under_a_measure(application: Application, on: date, measures: Sequence[Measure] | None = None) -> None:
    """Rule 3: no approval of what a measure in force forbids, or beyond its cap."""
    measures = list(measures_for(application, on)) if measures is None else measures
    refuse_if_measure_in_force(end_user=application.end_user, country=application.country, lines=application.lines.all(), on=on,
                               approved=approved_in_scope, among=measures)
    if application.consignee.end_user_id != application.end_user.end_user_id:
        # The one who receives may stand under a ban of its own; a cap counts end users only.
        refuse_if_measure_in_force(
            end_user=application.consignee, country=application.country, lines=application.lines.all(), on=on, among=measures)
    recipients = list(application.recipients.all())
    for recipient in recipients:
        # Each other end user of an open licence, in its own country.
        refuse_if_measure_in_force(end_user=recipient, country=recipient.country, lines=application.lines.all(), on=on, approved=approved_in_scope)
    for country in [] if recipients else application.countries()[1:]:
        # Where it names nobody: every country that it lists.
        refuse_if_measure_in_force(end_user=application.end_user, country=country, lines=application.lines.all(), on=on, approved=approved_in_scope)
    for each in application.named.all():
        # Whoever receives on the way or uses in the end may stand under a ban; a carrier only carries.
        if each.role != chain.CARRIER:
            refuse_if_measure_in_force(end_user=each.party, country=application.country, lines=application.lines.all(), on=on,
                                       approved=approved_in_scope if each.role == chain.ULTIMATE_END_USER else None)


def conditions_by_measures(application: Application, on: date, measures: Sequence[Measure] | None = None) -> list[dict[str, Any]]:
    """The conditions that measures in force put on every licence in their scope, each naming its measure."""
    lines = list(application.lines.all())
    quantity = sum(line.quantity for line in lines)
    found = []
    holding = held_by(measures_for(application, on) if measures is None else measures, end_user=application.end_user, lines=lines)
    for recipient in application.recipients.all():
        holding += held_by(rows_in_force(on, end_users=[recipient], country=recipient.country), end_user=recipient, lines=lines)
    for party in application.chain_asked.ultimate_end_users:
        holding += held_by(rows_in_force(on, end_users=[party], country=application.country), end_user=party, lines=lines)
    for measure in dict.fromkeys(holding):
        condition = _condition_of(measure, quantity)
        if condition is not None:
            found.append({**condition, "measure": measure.reference})
    return found


def _condition_of(measure: Measure, quantity: int) -> dict[str, Any] | None:
    told = measure.parameters
    if measure.kind == Measure.TRANCHE:
        return {"code": "TRANCHES", "parameters": {"quantity": max(1, math.ceil(told["share"] * quantity))}}
    if measure.kind == Measure.STOCKTAKES:
        return {"code": "STOCKTAKE", "parameters": {"months": told["every_months"]}}
    if measure.kind == Measure.CHECK_RATE:
        return {"code": "PSV", "parameters": {"share": told["share"], "months": CHECKED_WITHIN_MONTHS}}
    if measure.kind == Measure.CONDITION:
        return {"code": told["code"], "parameters": told["parameters"]}
    if measure.kind == Measure.LOCKED_ARMOURY:
        return {"code": "SECURESTORE", "parameters": {"standard": measure.title}}
    return None
