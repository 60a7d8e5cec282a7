"""What is done to checks: planned with a sample drawn and logged before the visit, closed with an outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.custody.counting import ever_delivered_ids
from enduse.custody.models import Firearm, Holding
from enduse.deliveries.models import ManifestLine
from enduse.ledger.actions import record
from enduse.licensing.actions import post_duty_done, post_sign
from enduse.licensing.models import Licence
from enduse.monitoring.models import Check, CheckOutcome, CheckSample, CheckSighting
from enduse.monitoring.sampling import draw, new_seed
from enduse.parties.actions import post_record_line
from enduse.parties.models import Party, RecordLine
from enduse.references import next_reference
from enduse.refusals import Invalid, Problem, Problems, Refused

SMALLER_THAN_PLANNED = "N06"
ALL_SIGHTED, SOME_MISSING, NOT_LET_IN = "F03", "U10", "U06"
REASONS_OF = {CheckOutcome.FAVOURABLE: "favourable", CheckOutcome.UNFAVOURABLE: "unfavourable", CheckOutcome.INCONCLUSIVE: "inconclusive"}
STAGE_OF = {Check.PRE_LICENCE: "pre", Check.POST_SHIPMENT: "post"}


def plan(
    *, unit: Party, stage: str, selection: str, sample_size: int, planned_for: date, by: User, licence: Licence | None = None,
    selection_probability: float | None = None, seed: int | None = None,
) -> Check:
    """Plan a check of a unit. Its sample is drawn from every firearm ever delivered to the unit, and logged, before anybody travels.

    `selection_probability`: the chance (0 to 1) that this unit was picked, for a random pick alone. A pre-licence check has no sample.
    """
    permit(by, "monitoring.plan")
    _refuse_bad_plan(unit, stage=stage, selection=selection, probability=selection_probability, planned_for=planned_for, seed=seed)
    population = ever_delivered_ids(unit, until=clock.today())
    _refuse_bad_size(sample_size, len(population), stage)
    seed = new_seed() if seed is None else seed
    drawn = draw(population, sample_size, seed=seed)
    firearms = Firearm.objects.in_bulk(drawn)
    with transaction.atomic():
        check = Check(
            reference=next_reference(Check, "K"), unit=unit, licence=licence, stage=stage, selection=selection,
            selection_probability=selection_probability, planned_for=planned_for, population=len(population), seed=seed)
        record(check, by=by, rows=[CheckSample(firearm=firearms[key]) for key in drawn], row_field="check_of")
    return check


def record_outcome(
    check: Check, *, visited_on: date, outcome: str, reason_codes: Sequence[str], sightings: Mapping[int, bool], by: User, note: str = "",
) -> CheckOutcome:
    """What the visit found: each firearm of the sample (by id) sighted or not, the outcome and its reasons.

    The end user's record grows by it; an outcome that is not favourable alerts the licensing officers. Custody is never
    changed by a check: a custodian reports what is lost.
    """
    permit(by, "monitoring.record_outcome")
    sample = {row.firearm_id: row.firearm for row in check.sample.select_related("firearm").order_by("pk")}
    codes = list(dict.fromkeys(reason_codes))
    problems = Problems()
    _note_bad_day(check, visited_on, problems)
    _note_bad_reasons(check, outcome, codes, problems)
    _note_bad_sightings(sample, sightings, codes, problems)
    problems.raise_if_any()
    _refuse_contradiction(check, outcome, codes, sightings)
    with transaction.atomic():
        Check.objects.select_for_update().get(pk=check.pk)
        if CheckOutcome.objects.filter(check_of=check).exists():
            raise Refused(
                _("The outcome of %(check)s was recorded already."),
                _("Plan another check if it must be looked at again."),
                rule=5,
                check=check.reference,
            )
        seen = [CheckSighting(firearm=gun, sighted=sightings[key]) for key, gun in sample.items() if key in sightings]
        found = record(
            CheckOutcome(check_of=check, visited_on=visited_on, outcome=outcome, reason_codes=codes, sampled=len(seen),
                         sighted=sum(row.sighted for row in seen), note=note.strip()),
            by=by, rows=seen, row_field="outcome")
        _post(check, found)
        _post_sighted(check, visited_on, [row.firearm_id for row in seen if row.sighted])
        if NOT_LET_IN in codes:
            post_sign("S06", end_user=check.unit.end_user, source=check.reference, seen_on=visited_on, facts={"unit": check.unit.name})
        if outcome != CheckOutcome.FAVOURABLE:
            _tell(check, found)
    return found


def _refuse_bad_plan(unit: Party, *, stage: str, selection: str, probability: float | None, planned_for: date, seed: int | None) -> None:
    problems = Problems()
    if stage not in dict(Check.STAGES):
        problems.add(_("There is no such stage."), _("Choose pre_licence or post_shipment."), field="stage", found=stage)
    if selection not in dict(Check.SELECTIONS):
        problems.add(_("There is no such way to select."), _("Choose random, risk or complaint."), field="selection", found=selection)
    if selection == Check.RANDOM and (probability is None or not 0 < probability <= 1):
        problems.add(_("A random check says the chance that this unit was picked: without it no rate can be computed from it."),
                     _("Write a share above 0 and up to 1, such as 0.1 for one unit in ten."), field="selection_probability", found=str(probability))
    if selection != Check.RANDOM and probability is not None:
        problems.add(_("Only a random pick has a chance of selection."), _("Leave it empty."), field="selection_probability", found=str(probability))
    if planned_for < clock.today():
        problems.add(_("This day has passed: the sample must be logged before the visit."), _("Choose today or a later day."),
                     field="planned_for", found=str(planned_for))
    if seed is not None and not 0 <= seed < 2**53:
        problems.add(_("A seed is a whole number from 0 to 2^53 - 1."), _("Leave it empty to have one drawn."), field="seed", found=str(seed))
    if unit.kind not in {Party.ARMED_FORCE, Party.POLICE, Party.STATE_BODY, Party.COMPANY}:
        problems.add(_("This party holds no firearms of a licence."), _("Choose a unit."), field="unit", found=unit.name)
    problems.raise_if_any()


def _refuse_bad_size(size: int, population: int, stage: str) -> None:
    if stage == Check.PRE_LICENCE:
        if size:
            raise Invalid(Problem(_("A check before a licence has no sample of serials."), _("Write 0."), field="sample_size", found=str(size)))
        return
    if population == 0:
        raise Invalid(Problem(_("The record says that nothing was ever delivered to this unit."), _("Choose another unit."), field="unit"))
    if not 1 <= size <= population:
        raise Invalid(Problem(_("The sample has 1 to %(most)d firearms: so many were ever delivered to the unit.") % {"most": population},
                              _("Choose a number between."), field="sample_size", found=str(size)))


def _note_bad_day(check: Check, visited_on: date, problems: Problems) -> None:
    if visited_on > clock.today():
        problems.add(_("This day is still to come."), _("Give the day of the visit."), field="visited_on", found=str(visited_on))
    if visited_on < check.recorded_at.date():
        problems.add(_("The check was planned on %s: no visit of it was before that day.") % check.recorded_at.date().isoformat(),
                     _("Give the day of the visit."), field="visited_on", found=str(visited_on))


def _note_bad_reasons(check: Check, outcome: str, codes: Sequence[str], problems: Problems) -> None:
    """The reasons belong to the outcome: no favourable one with a bad reason, none that is bad or open without its reason."""
    if outcome not in REASONS_OF:
        problems.add(_("There is no such outcome."), _("Choose favourable, unfavourable or inconclusive."), field="outcome", found=outcome)
        return
    known = reference.table("check_reason_codes")
    for code in codes:
        if code not in known:
            problems.add(_("There is no such reason."), _("Choose from the list."), field="reason_codes", found=code)
        elif known[code].more["stage"] not in {"all", STAGE_OF[check.stage]}:
            problems.add(_("This reason is not for a check of this stage."), _("Choose another."), field="reason_codes", found=code)
    kinds = {known[code].more["outcome"] for code in codes if code in known}
    if REASONS_OF[outcome] not in kinds:
        problems.add(_("No reason says why the check was %s.") % outcome, _("Choose at least one reason of that kind."), field="reason_codes")
    if outcome == CheckOutcome.FAVOURABLE and "unfavourable" in kinds:
        problems.add(
            _("A check with an unfavourable reason is not favourable."),
            _("Change the outcome or take the reason out."),
            field="outcome",
            found=outcome,
        )
    if outcome == CheckOutcome.INCONCLUSIVE and "unfavourable" in kinds:
        problems.add(
            _("An unfavourable reason concludes the check."), _("Choose unfavourable, or take the reason out."), field="outcome", found=outcome
        )


def _note_bad_sightings(sample: Mapping[int, Firearm], sightings: Mapping[int, bool], codes: Sequence[str], problems: Problems) -> None:
    strangers = [key for key in sightings if key not in sample]
    if strangers:
        problems.add(_("%d firearms are not of this check's sample.") % len(strangers),
                     _("Record only the sample; say in the note what else was seen (reason U11)."), field="sightings")
    open_ones = [gun for key, gun in sample.items() if key not in sightings]
    if open_ones and SMALLER_THAN_PLANNED not in codes and not _nothing_could_be_seen(sightings, codes):
        problems.add(_("%d firearms of the sample are neither sighted nor missing.") % len(open_ones),
                     _("Say of each whether it was seen, or add reason N06 (fewer than planned)."), field="sightings", found=open_ones[0].tail)


def _nothing_could_be_seen(sightings: Mapping[int, bool], codes: Sequence[str]) -> bool:
    """A visit that did not take place, or was not let in, looked for nothing: that is not the same as sighting none."""
    return not sightings and bool({"N01", "N02", "N03", "N04", "N05", "U05", "U06"}.intersection(codes))


def _refuse_contradiction(check: Check, outcome: str, codes: Sequence[str], sightings: Mapping[int, bool]) -> None:
    """The outcome says what the serials say: missing ones that nothing explains are not favourable."""
    missing = [key for key, seen in sightings.items() if not seen]
    if ALL_SIGHTED in codes and missing:
        raise Invalid(Problem(_("%d serials were not seen.") % len(missing), _("Take reason F03 out."), field="reason_codes", found=ALL_SIGHTED))
    if SOME_MISSING in codes and not missing:
        raise Invalid(Problem(_("Every serial that was looked for was seen."), _("Take reason U10 out."), field="reason_codes", found=SOME_MISSING))
    if outcome != CheckOutcome.FAVOURABLE or not missing:
        return
    unexplained = Holding.objects.filter(firearm__in=missing, state=Holding.HELD, party=check.unit).count()
    if unexplained:
        raise Invalid(Problem(_("%d firearms were not seen that the record says the unit holds.") % unexplained,
                              _("Choose unfavourable with reason U10, or inconclusive with its reason."), field="outcome", found=outcome))


def _post(check: Check, found: CheckOutcome) -> None:
    """The end user's record: its checks so far, the random ones apart, each share with what it is of."""
    end_user = check.unit.end_user
    rows = CheckOutcome.objects.filter(check_of__unit__path__startswith=end_user.path).values_list(
        "outcome", "check_of__selection", "sampled", "sighted"
    )
    figures: dict[str, int | str] = dict.fromkeys(
        ("checks", *REASONS_OF, "sampled", "sighted", "random_checks", "random_sampled", "random_sighted"), 0
    )
    for outcome, selection, sampled, sighted in rows:
        counts = {"checks": 1, outcome: 1, "sampled": sampled, "sighted": sighted}
        if selection == Check.RANDOM:
            counts |= {"random_checks": 1, "random_sampled": sampled, "random_sighted": sighted}
        for name, count in counts.items():
            figures[name] = int(figures[name]) + count
    figures |= {"last": check.reference, "last_outcome": found.outcome, "last_sampled": found.sampled, "last_sighted": found.sighted}
    post_record_line(end_user, RecordLine.CHECKED, figures, rests_on=f"check {check.reference}", as_of=found.visited_on)


def _post_sighted(check: Check, on: date, sighted: Sequence[int]) -> None:
    """Licences whose firearms were seen learn of it: their conditions may ask for so many."""
    rows = ManifestLine.objects.filter(firearm__in=sighted).values("consignment__licence").annotate(n=Count("firearm", distinct=True))
    counted = {row["consignment__licence"]: row["n"] for row in rows}
    for licence in Licence.objects.filter(pk__in=counted):
        post_duty_done(licence, "PSV", source=check.reference, quantity=counted[licence.pk], on=on)


def _tell(check: Check, found: CheckOutcome) -> None:
    raise_alert(
        Alert.CHECK, role=Role.LICENSING_OFFICER, party=check.unit.end_user, link=f"/monitoring/{check.reference}/",
        because=_("The check %(check)s of %(unit)s was %(outcome)s: %(sighted)d of %(sampled)d sampled serials were seen.") % {
            "check": check.reference, "unit": check.unit, "outcome": found.get_outcome_display(), "sighted": found.sighted, "sampled": found.sampled})
