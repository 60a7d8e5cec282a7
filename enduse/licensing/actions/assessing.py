"""The officer assesses: every criterion and every raised flag answered, each with what would reduce its risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import reference
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.licensing import conditions as condition_rules
from enduse.licensing import flags as warning_flags
from enduse.licensing import risk_summary
from enduse.licensing.actions.casework import lock_open
from enduse.licensing.models import Application, Assessment
from enduse.licensing.queries import known, record_as_words
from enduse.licensing.questions import levels_of
from enduse.licensing.readiness import refuse_part_in_appealed, refuse_unless_screened
from enduse.refusals import Invalid, Problems
from enduse.screening.queries import states_of

FLAG_LEVELS = ("low", "medium", "high")
Answers = Mapping[str, Mapping[str, Any]]


def assess(application: Application, *, criteria: Answers, flags: Answers | None = None, summary: str, by: User) -> Assessment:
    """Answer every criterion and every flag that the program raised; officers may raise more. The latest assessment counts.

    `criteria` and `flags`: {code: {"level", "reason", "evidence", "mitigation": [{"code", "parameters"}], "together"}}. A reason is
    needed for all but the best level. A mitigation is a condition that the officer proposes against this risk; `together` says
    that the answer was given with others in one press. Refused: a party is not screened against the current lists, or a possible
    match waits for its answer (rule 2).
    """
    permit(by, "licensing.assess")
    with transaction.atomic():
        application = lock_open(application)
        refuse_part_in_appealed(application, by)
        screened = states_of({party.pk: party for _role, party in application.parties()}.values())
        refuse_unless_screened(application, clear=False, screened=screened)
        seen = known(application, screened=screened)
        raised = warning_flags.raised(seen)
        problems = Problems()
        answered = _check_criteria(criteria, problems)
        flagged = _check_flags(flags or {}, raised, problems)
        if not summary.strip():
            problems.add(_("An assessment ends in a summary."), _("Write what weighs most, and why."), field="summary")
        problems.raise_if_any()
        return record(
            Assessment(application=application, criteria=answered, flags=flagged, record_seen=record_as_words(application.end_user),
                       summary=summary.strip(), drafted=risk_summary.as_kept(seen)),
            by=by)


def _check_criteria(criteria: Answers, problems: Problems) -> dict[str, dict[str, Any]]:
    table = reference.table("criteria")
    for code in sorted(set(criteria) - set(table)):
        problems.add(_("There is no such criterion."), _("Take it out."), field=f"criteria.{code}")
    answered = {}
    for code in table:
        levels = levels_of(code)
        given = _answer(criteria.get(code, {}), f"criteria.{code}", problems)
        if given["level"] not in levels:
            problems.add(_("Every criterion is answered."), _("Choose one of: %s.") % ", ".join(levels), field=f"criteria.{code}",
                         found=given["level"])
        elif given["level"] != levels[0] and not given["reason"]:
            problems.add(_("This answer needs its reason."), _("Write why, and what it rests on."), field=f"criteria.{code}", found=given["level"])
        answered[code] = given
    return answered


def _check_flags(flags: Answers, raised: Mapping[str, str], problems: Problems) -> dict[str, dict[str, Any]]:
    table = reference.table("warning_flags")
    for code in sorted(set(flags) - set(table)):
        problems.add(_("There is no such flag."), _("Take it out."), field=f"flags.{code}")
    answered = {}
    for code in sorted((set(flags) & set(table)) | set(raised)):
        given = _answer(flags.get(code, {}), f"flags.{code}", problems)
        if given["level"] not in FLAG_LEVELS or not given["reason"]:
            problems.add(
                _("The program raised this flag: %s") % raised[code] if code in raised else _("A flag says its level and its reason."),
                _("Answer it: a level (%s) and a reason.") % ", ".join(FLAG_LEVELS), field=f"flags.{code}", found=given["level"])
        answered[code] = {**given, "raised_by": "program" if code in raised else "officer", "evidence": raised.get(code) or given["evidence"]}
    return answered


def _answer(given: Mapping[str, Any], field: str, problems: Problems) -> dict[str, Any]:
    """One answer as it is kept; what was not said of it (a mitigation, given together) is left out."""
    answer: dict[str, Any] = {name: str(given.get(name) or "").strip() for name in ("level", "reason", "evidence")}
    try:
        mitigation = condition_rules.proposed(given.get("mitigation") or [])
    except Invalid as invalid:
        mitigation = []
        for problem in invalid.problems:
            problems.add(problem.reason, problem.remedy, row=problem.row, field=f"{field}.mitigation", found=problem.found)
    if mitigation:
        answer["mitigation"] = mitigation
    if given.get("together"):
        answer["together"] = True
    return answer
