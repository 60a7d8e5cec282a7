"""Measures are drafted, proposed, enacted by a second officer and lifted by order of two. In force they block (rule 3)."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.codes import note_country
from enduse.ledger.actions import record
from enduse.measures import conditions
from enduse.measures.models import Measure, MeasureStep
from enduse.measures.queries import Line, held_by, in_force, matching
from enduse.parties.models import Party
from enduse.references import next_reference
from enduse.refusals import Invalid, Problems, Refused

Approved = Callable[[Measure, date], int]
# What each kind needs to be told: name -> (type, least, most).
PARAMETERS: dict[str, dict[str, tuple[type, float, float]]] = {
    Measure.CAP: {"quantity": (int, 0, 10_000_000), "months": (int, 1, 120)},
    Measure.TRANCHE: {"share": (float, 0.01, 1.0)},
    Measure.STOCKTAKES: {"every_months": (int, 1, 60)},
    Measure.CHECK_RATE: {"share": (float, 0.0, 1.0)},
    Measure.LOCKED_ARMOURY: {"retention": (float, 0.0, 1.0)},
}
OPTIONAL_PARAMETERS = {Measure.CHECK_RATE: {"selection"}}


def draft(
    *, by: User, title: str, kind: str, authority: str, authority_reference: str, reason: str, starts_on: date, ends_on: date | None = None,
    end_user: Party | None = None, country: str = "", firearm_type: str = "", calibre: str = "", automatic: bool | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Measure:
    """A measure in draft: it binds nobody until a second officer enacts it."""
    permit(by, "measures.draft")
    measure = Measure(
        title=title.strip(), kind=kind, authority=authority, authority_reference=authority_reference.strip(), reason=reason.strip(),
        starts_on=starts_on, ends_on=ends_on, end_user=end_user, country=country.strip().upper(), firearm_type=firearm_type,
        calibre=calibre, automatic=automatic, parameters=dict(parameters or {}), drafted_by=by,
    )
    refuse_unclear(measure)
    with transaction.atomic():
        measure.reference = next_reference(Measure, "M")
        measure.save()
    return measure


def revise(measure: Measure, *, by: User, **fields: Any) -> Measure:
    """Change a draft. Once proposed its words stand: what two officers agreed on must be what is enacted."""
    permit(by, "measures.draft")
    allowed = {"title", "kind", "authority", "authority_reference", "reason", "starts_on", "ends_on", "end_user", "country", "firearm_type",
               "calibre", "automatic", "parameters"}
    problems = Problems()
    for name in sorted(set(fields) - allowed):
        problems.add(_("This cannot be changed."), field=name)
    problems.raise_if_any()
    with transaction.atomic():
        measure = Measure.objects.select_for_update().get(pk=measure.pk)
        if measure.steps.exists():
            raise Refused(_("%(measure)s was proposed: its words stand."), _("Draft a new measure."), rule=5, measure=measure.reference)
        for name, value in fields.items():
            setattr(measure, name, value.strip() if isinstance(value, str) else value)
        refuse_unclear(measure)
        measure.save()
    return measure


def refuse_unclear(measure: Measure) -> None:
    """A measure says what it is, on whose authority and why, within dates, with the numbers that its kind needs."""
    problems = Problems()
    for name, label in (("title", _("a title")), ("authority_reference", _("its authority, such as the order's number")), ("reason", _("a reason"))):
        if not getattr(measure, name):
            problems.add(_("A measure states %s.") % label, _("Write it."), field=name)
    for name, known in (("kind", dict(Measure.KINDS)), ("authority", dict(Measure.AUTHORITIES))):
        if getattr(measure, name) not in known:
            problems.add(_("There is no such choice."), _("Choose one of: %s.") % ", ".join(known), field=name, found=getattr(measure, name))
    if measure.ends_on is not None and measure.ends_on < measure.starts_on:
        problems.add(_("It ends before it starts."), _("Correct one of the dates."), field="ends_on", found=str(measure.ends_on))
    if measure.country:
        note_country(problems, measure.country, "country")
    if measure.firearm_type and measure.firearm_type not in reference.table("firearm_types"):
        problems.add(_("There is no such type of firearm."), _("Choose one of the list, or none for any."), field="firearm_type",
                     found=measure.firearm_type)
    if measure.calibre and measure.calibre not in reference.table("calibres"):
        problems.add(_("There is no such calibre."), _("Choose one of the list, or none for any."), field="calibre", found=measure.calibre)
    if measure.kind == Measure.BAN_ON_UNIT and measure.end_user is None:
        problems.add(_("A ban on a unit names the unit."), _("Choose it."), field="end_user")
    _check_parameters(measure, problems)
    problems.raise_if_any()


def _check_parameters(measure: Measure, problems: Problems) -> None:
    if measure.kind == Measure.CONDITION:
        _check_condition(measure, problems)
        return
    needed = PARAMETERS.get(measure.kind, {})
    for name in sorted(set(measure.parameters) - set(needed) - OPTIONAL_PARAMETERS.get(measure.kind, set())):
        problems.add(_("This kind of measure has no such number."), _("Take it out."), field=f"parameters.{name}")
    for name, (kind, least, most) in needed.items():
        value = measure.parameters.get(name)
        fits = isinstance(value, int if kind is int else int | float) and not isinstance(value, bool)
        if not fits or not least <= value <= most:  # type: ignore[operator]
            problems.add(
                _("This number is missing or out of range."), _("Write %(least)s to %(most)s.") % {"least": least, "most": most},
                field=f"parameters.{name}", found="" if value is None else str(value))


def _check_condition(measure: Measure, problems: Problems) -> None:
    """A mandatory condition is one of the list of conditions, with its values; its usual ones where none are said."""
    told = measure.parameters
    code = str(told.get("code", ""))
    usual = conditions.defaults_of(code) if code in reference.table("licence_conditions") else {}
    try:
        measure.parameters = conditions.checked([{"code": code, "parameters": usual | dict(told.get("parameters") or {})}])[0]
    except Invalid as invalid:
        for problem in invalid.problems:
            name = problem.field.removeprefix("conditions.").replace("conditions", "code")
            problems.add(problem.reason, problem.remedy, field=f"parameters.{name}", found=problem.found)


def propose(measure: Measure, *, by: User, note: str = "") -> Measure:
    """Put the measure forward: from here on its words stand, and another policy officer may enact it."""
    permit(by, "measures.propose")
    with transaction.atomic():
        measure = Measure.objects.select_for_update().get(pk=measure.pk)
        if measure.steps.exists():
            raise Refused(_("%(measure)s was proposed already."), _("Another policy officer may enact it."), measure=measure.reference)
        _step(measure, MeasureStep.PROPOSED, clock.today(), note, by)
    return measure


def enact(measure: Measure, *, by: User, note: str = "") -> Measure:
    """Bring the measure into force from its first day (rule 3). Another officer than those who drafted and proposed it."""
    permit(by, "measures.enact")
    with transaction.atomic():
        measure = Measure.objects.select_for_update().get(pk=measure.pk)
        steps = {step.step: step for step in measure.steps.all()}
        if MeasureStep.PROPOSED not in steps:
            raise Refused(_("%(measure)s was not proposed."), _("Propose it first."), rule=3, measure=measure.reference)
        if MeasureStep.ENACTED in steps:
            raise Refused(_("%(measure)s was enacted already."), _("Nothing is left to do."), measure=measure.reference)
        if by.pk in {measure.drafted_by_id, steps[MeasureStep.PROPOSED].recorded_by_id}:
            raise Refused(
                _("You drafted or proposed %(measure)s: another policy officer enacts it."), _("Ask a second policy officer."),
                rule=3, measure=measure.reference)
        _step(measure, MeasureStep.ENACTED, max(measure.starts_on, clock.today()), note, by)
    return measure


def lift(measure: Measure, *, effective_on: date | None = None, note: str, by: User) -> Measure:
    """End a measure by order, from a day on. Another officer than the one who enacted it: one person does not undo alone."""
    permit(by, "measures.lift")
    effective_on = effective_on or clock.today()
    if not note.strip():
        raise Invalid(_("Lifting a measure states the order and the reason. Write them in the note."))
    if effective_on < clock.today():
        raise Refused(_("A measure cannot be lifted in the past."), _("Choose today or a later day."), rule=5)
    with transaction.atomic():
        measure = Measure.objects.select_for_update().get(pk=measure.pk)
        steps = {step.step: step for step in measure.steps.all()}
        if MeasureStep.ENACTED not in steps:
            raise Refused(_("%(measure)s is not in force."), _("Only an enacted measure is lifted."), measure=measure.reference)
        if MeasureStep.LIFTED in steps:
            raise Refused(_("%(measure)s was lifted already."), _("Nothing is left to do."), measure=measure.reference)
        if by.pk == steps[MeasureStep.ENACTED].recorded_by_id:
            raise Refused(
                _("You enacted %(measure)s: another policy officer lifts it."), _("Ask a second policy officer."), rule=3,
                measure=measure.reference)
        _step(measure, MeasureStep.LIFTED, effective_on, note, by)
    return measure


def _step(measure: Measure, step: str, effective_on: date, note: str, by: User) -> MeasureStep:
    return record(MeasureStep(measure=measure, step=step, effective_on=effective_on, note=note.strip()), by=by)


def refuse_if_measure_in_force(
    *, end_user: Party, country: str, lines: Iterable[Line], on: date, approved: Approved | None = None,
    among: Iterable[Measure] | None = None,
) -> None:
    """Rule 3: a measure in force in its scope blocks. `approved(measure, since)`: how many were approved in its scope
    since a day, for caps; without it (a shipment) caps, which bound what is approved, do not block.
    `among`: those in force for this country on that day, where they were read already.
    """
    lines = list(lines)
    scoped = in_force(on, end_user=end_user, country=country, lines=lines) if among is None else held_by(among, end_user=end_user, lines=lines)
    for measure in scoped:
        if measure.kind in {Measure.MORATORIUM, Measure.BAN_ON_UNIT}:
            raise Refused(
                _("%(measure)s is in force until %(until)s: %(title)s (%(authority)s %(authority_reference)s)."),
                _("Wait until it ends or is lifted, or leave out what it covers."), rule=3, **_facts(measure))
        if measure.kind == Measure.CAP and approved is not None:
            refuse_beyond_cap(measure, lines, on, approved)


def refuse_beyond_cap(measure: Measure, lines: Iterable[Line], on: date, approved: Approved) -> None:
    """Rule 3: what was approved in the window of a cap and this together stay within it."""
    since = months_before(on, measure.parameters["months"])
    so_far, here, most = approved(measure, since), sum(line.quantity for line in matching(measure, lines)), measure.parameters["quantity"]
    if so_far + here > most:
        raise Refused(
            _("%(measure)s caps what is approved at %(most)d in %(months)d months: %(title)s (%(authority)s %(authority_reference)s). "
              "%(so_far)d were approved since %(since)s and %(here)d are asked for: %(over)d too many."),
            _("Ask for at most %(left)d, or wait."), rule=3, most=most, months=measure.parameters["months"], so_far=so_far, here=here,
            since=since.isoformat(), over=so_far + here - most, left=max(most - so_far, 0), **_facts(measure))


def _facts(measure: Measure) -> dict[str, str]:
    return {"measure": measure.reference, "title": measure.title, "authority": str(measure.get_authority_display()),
            "authority_reference": measure.authority_reference, "until": measure.ends_on.isoformat() if measure.ends_on else str(_("it is lifted"))}


def months_before(day: date, months: int) -> date:
    """The same day so many months before, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
