"""End-use checks: a few at random, more where somebody expects trouble, and what the visitors find."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from enduse.custody.models import Holding
from enduse.demo.people import Cast
from enduse.demo.story import Story, at
from enduse.monitoring import actions as monitoring
from enduse.parties.models import Party

FIRST_VISIT = date(2008, 1, 1)
SAMPLE = 20


@dataclass
class Visits:
    """A quarter's checks: two units at random, two that reported most losses so far."""

    cast: Cast
    rng: np.random.Generator
    story: Story
    trouble: dict[int, int] = field(default_factory=dict)

    def month(self, month: date) -> None:
        if month < FIRST_VISIT or month.month % 3 != 2:
            return
        armed = [unit for unit in self.cast.holders() if self.story.books(unit.pk) >= SAMPLE]
        if len(armed) < 6:
            return
        for left in self.story.away:
            self.trouble[left.unit.pk] = self.trouble.get(left.unit.pk, 0) + 1
        risky = sorted(armed, key=lambda unit: -self.trouble.get(unit.pk, 0) / self.story.books(unit.pk))[:8]
        picked = [armed[int(n)] for n in self.rng.choice(len(armed), size=2, replace=False)]
        for unit in picked:
            self._visit(unit, month, "random", 2 / len(armed))
        for n in self.rng.choice(len(risky), size=2, replace=False):
            self._visit(risky[int(n)], month, "risk", None)

    def _visit(self, unit: Party, month: date, selection: str, probability: float | None) -> None:
        monitor = self.cast.users["monitor"]
        day = month.replace(day=13)
        with at(day, 9):
            check = monitoring.plan(unit=unit, stage="post_shipment", selection=selection, sample_size=SAMPLE, planned_for=day + timedelta(days=9),
                                    selection_probability=probability, seed=int(self.rng.integers(2**31)), by=monitor)
        there = self.story.is_there(unit.pk)
        sightings = {gun: gun in there for gun in check.sample.values_list("firearm_id", flat=True)}
        missing = [gun for gun, seen in sightings.items() if not seen]
        unexplained = Holding.objects.filter(firearm__in=missing, party=unit, state=Holding.HELD).count()
        outcome = "favourable" if not unexplained else "unfavourable" if unexplained > 1 or self.rng.random() < 0.7 else "inconclusive"
        codes = {"favourable": ["F04" if missing else "F03"], "unfavourable": ["U10"], "inconclusive": ["N02"]}[outcome]
        with at(day + timedelta(days=9), 16):
            monitoring.record_outcome(check, visited_on=day + timedelta(days=9), outcome=outcome, reason_codes=codes, sightings=sightings,
                                      note="", by=monitor)
