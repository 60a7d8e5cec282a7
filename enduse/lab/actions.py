"""Trying measures: the same futures under each, from an estimate's own draws."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

from django.db import transaction
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.diversion.models import Estimate
from enduse.engines import flows
from enduse.lab.models import Scenario
from enduse.lab.worlds import policy_of, responses_of, world_of
from enduse.measures.models import Measure
from enduse.references import next_reference
from enduse.refusals import Invalid, Problem

RESPONSES = flows.Responses.NAMES


def simulate(
    *, title: str, estimate: Estimate, measures: Sequence[Measure], by: User, months: int = 48, futures: int = 1000, seed: int = 0,
    responses: Sequence[str] = RESPONSES,
) -> Scenario:
    """Compare measures with doing nothing over `months`, in paired futures; kept with its seed.

    Invalid: no measure, the same one twice, a period or a number of futures out of range, an unknown response.
    """
    permit(by, "lab.simulate")
    _check(title, measures, months, futures, responses)
    started = perf_counter()
    world = world_of(estimate)
    try:
        policies = [policy_of(measure, start_of_world=estimate.until, world=world) for measure in measures]
        outcome = flows.simulate(world, policies, months=months, futures=futures, seed=seed, responses=responses_of(responses))
    except (flows.MeasureError, flows.WorldError) as error:
        raise Invalid(Problem(error.reason, error.remedy, field=error.field)) from error
    with transaction.atomic():
        scenario = Scenario.objects.create(
            reference=next_reference(Scenario, "S"), title=title.strip(), estimate=estimate, months=months, futures=futures, seed=seed,
            responses={name: name in responses for name in RESPONSES}, outcome=outcome.as_dict(), seconds=perf_counter() - started, run_by=by)
        scenario.measures.set(measures)
    return scenario


def _check(title: str, measures: Sequence[Measure], months: int, futures: int, responses: Sequence[str]) -> None:
    problems = []
    if not title.strip():
        problems.append(Problem(_("A scenario has a title."), _("Write it."), field="title"))
    if not measures or len({measure.pk for measure in measures}) != len(measures):
        problems.append(Problem(_("Choose at least one measure, each once."), field="measures"))
    if not 1 <= months <= 240:
        problems.append(Problem(_("A scenario runs 1 to 240 months."), field="months", found=str(months)))
    if not 100 <= futures <= 20_000:
        problems.append(Problem(_("Between 100 and 20,000 futures can be run."), field="futures", found=str(futures)))
    if unknown := set(responses) - set(RESPONSES):
        problems.append(Problem(_("There is no such response."), _("Choose among: %s.") % ", ".join(RESPONSES), field="responses",
                                found=", ".join(sorted(unknown))))
    if problems:
        raise Invalid(problems)
