"""What officers do: recommend, send back, decide. The decision is a second officer's, and issues the licence."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.licensing import conditions as condition_rules
from enduse.licensing import states
from enduse.licensing.models import Application, Assessment, Decision, Licence, LicenceLine, Recommendation, SentBack
from enduse.licensing.readiness import (
    conditions_by_measures,
    refuse_if_held,
    refuse_own_work,
    refuse_under_a_measure,
    refuse_unless_assessed,
    refuse_unless_recommended,
    refuse_unless_screened,
)
from enduse.measures.models import Measure
from enduse.references import next_reference
from enduse.refusals import Invalid, Problem, Problems, Refused

LICENCE_MONTHS = 24


def _lock_open(application: Application) -> Application:
    """The application, held against others. Refused unless it is filed and neither decided nor withdrawn."""
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if locked.state not in states.OPEN:
        raise Refused(_("%(application)s is %(state)s."), _("Only what is filed and not yet decided is worked on."),
                      application=locked.reference, state=str(states.NAMES[locked.state]))
    return locked


def recommend(
    application: Application, *, outcome: str, conditions: Sequence[Mapping[str, Any]] = (), reason_codes: Sequence[str] = (), note: str = "",
    by: User,
) -> Recommendation:
    """Recommend an outcome on the latest assessment. A later recommendation takes the place of this one, which is kept."""
    permit(by, "licensing.recommend")
    with transaction.atomic():
        application = _lock_open(application)
        assessment = refuse_unless_assessed(application)
        _refuse_bad_outcome(outcome, reason_codes)
        if outcome == Recommendation.APPROVE:
            refuse_against_a_prohibition(application, assessment)
        elif conditions:
            raise Invalid(Problem(_("Only an approval has conditions."), _("Take them out, or recommend to approve."), field="conditions"))
        return record(
            Recommendation(application=application, assessment=assessment, outcome=outcome, conditions=condition_rules.checked(conditions),
                           reason_codes=list(dict.fromkeys(reason_codes)), note=note.strip()),
            by=by)


def _refuse_bad_outcome(outcome: str, reason_codes: Sequence[str]) -> None:
    problems = Problems()
    if outcome not in dict(Recommendation.OUTCOMES):
        problems.add(_("There is no such outcome."), _("Choose one of: %s.") % ", ".join(dict(Recommendation.OUTCOMES)), field="outcome",
                     found=outcome)
    table = reference.table("denial_reasons")
    for code in reason_codes:
        if code not in table:
            problems.add(_("There is no such reason."), _("Choose from the list of reasons."), field="reason_codes", found=code)
    fitting = [code for code in reason_codes if code in table and (table[code].more["force"] == "return") == (outcome == Recommendation.RETURN)]
    if outcome in {Recommendation.DENY, Recommendation.RETURN} and not fitting:
        problems.add(_("This outcome states its reasons."), _("Choose at least one reason that fits it."), field="reason_codes")
    problems.raise_if_any()


def refuse_against_a_prohibition(application: Application, assessment: Assessment) -> None:
    """Arms Trade Treaty 6(1)-(3) and 7(3): what the assessment answered with a prohibition is not recommended for approval."""
    table = reference.table("criteria")
    against = [code for code, answer in assessment.criteria.items() if code in table and answer["level"] == table[code].more["forbids_approval"]]
    if against:
        raise Refused(
            _("The assessment of %(application)s forbids an approval: %(criteria)s."), _("Recommend to deny, or assess again if something changed."),
            rule=2, application=application.reference, criteria="; ".join(f"{code}: {assessment.criteria[code]['level']}" for code in against))


def send_back(application: Application, *, reason: str, by: User) -> SentBack:
    """The countersigner does not agree: the recommendation no longer counts, and the officer is told why."""
    permit(by, "licensing.send_back")
    if not reason.strip():
        raise Invalid(Problem(_("Sending back says why."), _("Write what the officer should look at."), field="reason"))
    with transaction.atomic():
        application = _lock_open(application)
        recommendation = refuse_unless_recommended(application)
        refuse_own_work(recommendation, by)
        return record(SentBack(recommendation=recommendation, reason=reason.strip()), by=by)


def decide(application: Application, *, by: User, note: str = "", recommendation: Recommendation | int | None = None) -> Decision:
    """Countersign the recommendation that counts. An approval issues the licence in the same moment.

    `recommendation`: the one that was read; refused when another has taken its place since.
    Refused: rules 2 (screening, assessment, second officer), 3 (a measure in force) and 6 (a hold).
    """
    permit(by, "licensing.decide")
    with transaction.atomic():
        application = _lock_open(application)
        live = refuse_unless_recommended(application)
        read = recommendation.pk if isinstance(recommendation, Recommendation) else recommendation
        if read is not None and read != live.pk:
            raise Refused(_("The recommendation on %(application)s changed since you read it."), _("Read the new one, then decide."), rule=2,
                          application=application.reference)
        refuse_own_work(live, by)
        approving = live.outcome == Recommendation.APPROVE
        refuse_unless_screened(application, clear=approving)
        if approving:
            # Two approvals under one cap queue here, so that the second counts the first.
            list(Measure.objects.select_for_update().filter(kind=Measure.CAP).values_list("pk", flat=True))
            refuse_if_held(application)
            refuse_under_a_measure(application, clock.today())
        decision = record(
            Decision(application=application, recommendation=live, recommended_by=live.recorded_by, outcome=live.outcome, note=note.strip()), by=by)
        if approving:
            _issue(application, live, by)
        return decision


def _issue(application: Application, recommendation: Recommendation, by: User) -> Licence:
    today = clock.today()
    lines = [
        LicenceLine(number=line.number, firearm_type=line.firearm_type, make=line.make, model=line.model, calibre=line.calibre,
                    automatic=line.automatic, quantity=line.quantity)
        for line in application.lines.order_by("number")
    ]
    licence = Licence(
        reference=next_reference(Licence, "L"), application=application, issued_on=today, expires_on=months_later(today, LICENCE_MONTHS),
        conditions=[*recommendation.conditions, *conditions_by_measures(application, today)])
    return record(licence, by=by, rows=lines, row_field="licence")


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
