"""The decision is a second officer's, and by rule a third's; it issues the licence, or waits for the legislature to be told."""

from __future__ import annotations

import calendar
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.licensing import dated, kinds
from enduse.licensing.actions.balances import refuse_beyond_balance
from enduse.licensing.actions.casework import lock_open
from enduse.licensing.actions.certificates import carry_certificate, give_certificate_back
from enduse.licensing.actions.replacing import close_replaced
from enduse.licensing.consultations import refuse_unless_consulted
from enduse.licensing.models import (
    Application,
    Countersignature,
    Decision,
    Licence,
    LicenceLine,
    Recommendation,
    SentBack,
)
from enduse.licensing.open_licences import set_return_days
from enduse.licensing.queries import countersigning
from enduse.licensing.readiness import (
    conditions_by_measures,
    refuse_if_held,
    refuse_on_certificate,
    refuse_on_differences,
    refuse_own_work,
    refuse_part_in_appealed,
    refuse_under_a_measure,
    refuse_unless_recommended,
    refuse_unless_screened,
    refuse_while_advice_is_open,
    refuse_while_asked,
)
from enduse.measures.models import Measure
from enduse.references import next_reference
from enduse.refusals import Invalid, Problem, Refused


def send_back(application: Application, *, reason: str, by: User) -> SentBack:
    """The countersigner does not agree: the recommendation no longer counts, and the officer is told why."""
    permit(by, "licensing.send_back")
    if not reason.strip():
        raise Invalid(Problem(_("Sending back says why."), _("Write what the officer should look at."), field="reason"))
    with transaction.atomic():
        application = lock_open(application)
        recommendation = refuse_unless_recommended(application)
        refuse_own_work(recommendation, by)
        return record(SentBack(recommendation=recommendation, reason=reason.strip()), by=by)


def decide(
    application: Application, *, by: User, note: str = "", recommendation: Recommendation | int | None = None,
) -> Decision | Countersignature:
    """Countersign the recommendation that counts. The last countersignature that the rules ask for is the decision.

    `recommendation`: the one that was read; refused when another has taken its place since.
    Refused: rules 2 (screening, assessment, second officer), 3 (a measure in force) and 6 (a hold).
    """
    permit(by, "licensing.decide")
    with transaction.atomic():
        application = lock_open(application)
        live = refuse_unless_recommended(application)
        read = recommendation.pk if isinstance(recommendation, Recommendation) else recommendation
        if read is not None and read != live.pk:
            raise Refused(_("The recommendation on %(application)s changed since you read it."), _("Read the new one, then decide."), rule=2,
                          application=application.reference)
        refuse_own_work(live, by)
        refuse_part_in_appealed(application, by)
        refuse_while_asked(application)
        refuse_while_advice_is_open(application)
        approving = live.outcome == Recommendation.APPROVE
        refuse_unless_screened(application, clear=approving)
        if approving:
            refuse_approval(application)
        said = countersigning(application, live)
        _refuse_second_time(said.given, by, application)
        if len(said.given) + 1 < said.needed:
            return record(Countersignature(recommendation=live, needed=said.needed, rules=[rule.code for rule in said.rules], note=note.strip()), by=by)
        return _decided(application, live, approving=approving, note=note, by=by)


def refuse_approval(application: Application) -> None:
    """Rules 3 and 6, and what a replacement may not exceed: asked when an approval is countersigned and again when it is issued."""
    # Two approvals under one cap queue here, so that the second counts the first.
    list(Measure.objects.select_for_update().filter(kind=Measure.CAP).values_list("pk", flat=True))
    refuse_if_held(application)
    refuse_on_certificate(application)
    refuse_on_differences(application)
    refuse_unless_consulted(application)
    refuse_under_a_measure(application, clock.today())
    refuse_beyond_balance(application)


def _refuse_second_time(given: list[Countersignature], by: User, application: Application) -> None:
    """Rule 2: two countersigners are two persons."""
    if by.pk in {each.recorded_by_id for each in given}:
        raise Refused(_("You countersigned %(application)s already: the second countersigner is another person."), _("Ask another countersigner."),
                      rule=2, application=application.reference)


def _decided(application: Application, live: Recommendation, *, approving: bool, note: str, by: User) -> Decision:
    threshold = dated.threshold_met_of(application.lines.all(), application.countries(), clock.today()) if approving else None
    decision = record(
        Decision(application=application, recommendation=live, recommended_by=live.recorded_by, outcome=live.outcome, note=note.strip(),
                 previous=application.decision, notice_rule=threshold.code if threshold else ""),
        by=by)
    if approving and threshold is None:
        issue_licence(application, live, by)
    if live.outcome == Recommendation.RETURN:
        give_certificate_back(application)
    return decision


def issue_licence(application: Application, recommendation: Recommendation, by: User) -> Licence:
    """The licence of an approval: its lines, conditions and dates. A step of `decide` and of `issue`, which check."""
    today = clock.today()
    lines = [
        LicenceLine(number=line.number, firearm_type=line.firearm_type, make=line.make, model=line.model, calibre=line.calibre,
                    automatic=line.automatic, control_entry=line.entry_on(today), quantity=line.quantity)
        for line in application.lines.order_by("number")
    ]
    licence = Licence(
        reference=next_reference(Licence, "L"), application=application, issued_on=today, expires_on=months_later(today, kinds.months_of(application.kind)),
        conditions=[*recommendation.conditions, *kinds.carried(application, recommendation.conditions, today), *conditions_by_measures(application, today)])
    licence = record(licence, by=by, rows=lines, row_field="licence")
    set_return_days(licence)
    close_replaced(application, licence, by)
    carry_certificate(application, licence)
    return licence


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
