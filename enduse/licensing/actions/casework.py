"""What officers do: recommend. The decision is a second officer's: see `deciding.py`; assessing: `assessing.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import reference
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.licensing import conditions as condition_rules
from enduse.licensing import states
from enduse.licensing.consultations import refuse_unless_consulted
from enduse.licensing.models import Application, Assessment, Recommendation
from enduse.licensing.readiness import refuse_part_in_appealed, refuse_unless_assessed, refuse_while_asked
from enduse.refusals import Invalid, Problem, Problems, Refused


def lock_open(application: Application) -> Application:
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
    """Recommend an outcome on the latest assessment. A later recommendation takes the place of this one, which is kept.

    Refused: an approval against a prohibition of the assessment, or of what another state denied before it was consulted.
    """
    permit(by, "licensing.recommend")
    with transaction.atomic():
        application = lock_open(application)
        refuse_part_in_appealed(application, by)
        refuse_while_asked(application)
        assessment = refuse_unless_assessed(application)
        _refuse_bad_outcome(outcome, reason_codes)
        if outcome == Recommendation.APPROVE:
            refuse_against_a_prohibition(application, assessment)
            refuse_unless_consulted(application)
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
