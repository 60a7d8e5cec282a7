"""What officers do: assess, recommend, send back, decide. The decision is a second officer's, and issues the licence."""

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
from enduse.licensing import flags as warning_flags
from enduse.licensing import states
from enduse.licensing.models import Application, Assessment, Decision, Licence, LicenceLine, Recommendation, SentBack
from enduse.licensing.queries import known, record_as_words
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
FLAG_LEVELS = ("low", "medium", "high")
Answers = Mapping[str, Mapping[str, str]]


def assess(application: Application, *, criteria: Answers, flags: Answers | None = None, summary: str, by: User) -> Assessment:
    """Answer every criterion and every flag that the program raised; officers may raise more. The latest assessment counts.

    `criteria` and `flags`: {code: {"level", "reason", "evidence"}}. A reason is needed for all but the best level.
    """
    permit(by, "licensing.assess")
    with transaction.atomic():
        application = _lock_open(application)
        raised = warning_flags.raised(known(application))
        problems = Problems()
        answered = _check_criteria(criteria, problems)
        flagged = _check_flags(flags or {}, raised, problems)
        if not summary.strip():
            problems.add(_("An assessment ends in a summary."), _("Write what weighs most, and why."), field="summary")
        problems.raise_if_any()
        return record(
            Assessment(application=application, criteria=answered, flags=flagged, record_seen=record_as_words(application.end_user),
                       summary=summary.strip()),
            by=by)


def _lock_open(application: Application) -> Application:
    """The application, held against others. Refused unless it is filed and neither decided nor withdrawn."""
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if locked.state not in states.OPEN:
        raise Refused(_("%(application)s is %(state)s."), _("Only what is filed and not yet decided is worked on."),
                      application=locked.reference, state=str(states.NAMES[locked.state]))
    return locked


def _check_criteria(criteria: Answers, problems: Problems) -> dict[str, dict[str, str]]:
    table = reference.table("criteria")
    for code in sorted(set(criteria) - set(table)):
        problems.add(_("There is no such criterion."), _("Take it out."), field=f"criteria.{code}")
    answered = {}
    for code, entry in table.items():
        levels = entry.more["levels"].split("|")
        given = _answer(criteria.get(code, {}))
        if given["level"] not in levels:
            problems.add(_("Every criterion is answered."), _("Choose one of: %s.") % ", ".join(levels), field=f"criteria.{code}",
                         found=given["level"])
        elif given["level"] != levels[0] and not given["reason"]:
            problems.add(_("This answer needs its reason."), _("Write why, and what it rests on."), field=f"criteria.{code}", found=given["level"])
        answered[code] = given
    return answered


def _check_flags(flags: Answers, raised: Mapping[str, str], problems: Problems) -> dict[str, dict[str, str]]:
    table = reference.table("warning_flags")
    for code in sorted(set(flags) - set(table)):
        problems.add(_("There is no such flag."), _("Take it out."), field=f"flags.{code}")
    answered = {}
    for code in sorted((set(flags) & set(table)) | set(raised)):
        given = _answer(flags.get(code, {}))
        if given["level"] not in FLAG_LEVELS or not given["reason"]:
            problems.add(
                _("The program raised this flag: %s") % raised[code] if code in raised else _("A flag says its level and its reason."),
                _("Answer it: a level (%s) and a reason.") % ", ".join(FLAG_LEVELS), field=f"flags.{code}", found=given["level"])
        answered[code] = {**given, "raised_by": "program" if code in raised else "officer", "evidence": raised.get(code) or given["evidence"]}
    return answered


def _answer(given: Mapping[str, str]) -> dict[str, str]:
    return {name: str(given.get(name, "")).strip() for name in ("level", "reason", "evidence")}


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
