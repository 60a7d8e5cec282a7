"""What is found far away: diverted state firearms, watched ones, straw purchases; read with damage, traced, confirmed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from enduse.custody.models import Firearm, Holding
from enduse.demo import facts
from enduse.demo.guns import PATTERNS, damage
from enduse.demo.people import REGIONS, Cast, first_of_next
from enduse.demo.story import Away, Story, at
from enduse.reference import table
from enduse.tracing import actions as tracing
from enduse.tracing.confirming import confirm
from enduse.tracing.models import Operation, Recovery
from enduse.tracing.operating import authorise_operation, watch
from enduse.tracing.ranking import Candidate, Ranking, rank_many

# Marks elsewhere on the gun and doubts are drawn apart, so that they leave the rest of the world as it is.
ELSEWHERE_SEED = 1911
READ_ELSEWHERE, DOUBTED = 0.2, 0.1
CONFIRM_FROM = 0.6  # the officer confirms the first candidate when it is at least this likely
STRAW_A_MONTH = {2006: 1, 2007: 2, 2008: 4, 2009: 6, 2010: 7, 2011: 7}
SUBJECTS = 40


@dataclass(frozen=True)
class Found:
    """A firearm on a table in a prosecutor's office: what it truly is, and where it was found."""

    serial: str
    make: str
    model: str
    firearm_type: str
    calibre: str
    on: date
    region: str
    truth: str  # state, watched, straw


@dataclass
class Tables:
    """What will be found, by month."""

    cast: Cast
    rng: np.random.Generator
    story: Story
    found: dict[date, list[Found]] = field(default_factory=lambda: defaultdict(list))
    operation: Operation | None = None
    seen: int = 0
    bought: int = 0
    straw: int = 0
    elsewhere: np.random.Generator = field(default_factory=lambda: np.random.default_rng(ELSEWHERE_SEED))

    def seize(self, month: date) -> None:
        """Some of what left since last month will be seized and submitted, after a delay of about two years."""
        for left in self.story.away[self.seen:]:
            if self.rng.random() < facts.SEIZED_OF_DIVERTED * facts.SUBMITTED_OF_SEIZED:
                self._will_find(_of_state(left, self._region()), left.on, mean_days=500)
        self.seen = len(self.story.away)
        for _one in range(int(self.rng.poisson(STRAW_A_MONTH[month.year]))):
            self.straw += 1
            pattern = PATTERNS[str(self.rng.choice(["ak", "ar", "glock", "heavy"], p=[0.55, 0.25, 0.17, 0.03]))]
            # Sold by dealers: numbers far above those that the register holds.
            serial = pattern.number(60_000 + self.straw * 13)
            self._will_find(Found(serial, pattern.make, pattern.model, pattern.firearm_type, pattern.calibre, month, self._region(), "straw"), month, 400)

    def watch(self, month: date) -> None:
        """The operation watches what its subjects buy, and some of it is found."""
        if not facts.OPERATION_FROM.replace(day=1) <= month <= facts.OPERATION_UNTIL:
            return
        day = max(month.replace(day=3), facts.OPERATION_FROM)
        if self.operation is None:
            with at(facts.OPERATION_FROM, 9):
                self.operation = authorise_operation(
                    name="Long Bridge", legal_basis="Title 18, order of the district court 2009-117", approved_by="Division supervisor",
                    prosecutor="Assistant prosecutor, section 4", starts_on=facts.OPERATION_FROM, ends_on=facts.OPERATION_UNTIL,
                    limit=facts.OPERATION_BOUGHT, subjects=[f"LB-{n:02d}" for n in range(1, SUBJECTS + 1)], by=self.cast.users["tracer"])
        count = min(134, facts.OPERATION_BOUGHT - self.bought)
        if count <= 0:
            return
        self.bought += count
        heavy = min(2, count)
        guns = self.story.works.make("ak", count - heavy, 2009) + self.story.works.make("heavy", heavy, 2009)
        with at(day, 18):
            watch(self.operation, guns=guns, watched_on=day, subject=f"LB-{int(self.rng.integers(1, SUBJECTS + 1)):02d}", by=self.cast.users["tracer"])
        for gun in guns:
            if self.rng.random() < 0.16:
                self._will_find(Found(gun.serial, gun.make, gun.model, gun.firearm_type, gun.calibre, day, self._region(), "watched"), day, 260)

    def report_seizures(self, month: date) -> None:
        seized = int(self.rng.poisson(facts.SEIZED_A_MONTH[month.year]))
        with at(first_of_next(month) + timedelta(days=1), 8):
            tracing.report_seizures(agency=self.cast.prosecutor, month=month, seized=seized,
                                    submitted=int(self.rng.binomial(seized, facts.SUBMITTED_SHARE[month.year])), by=self.cast.users["tracer"])

    def trace(self, month: date, *, leave_open: int = 0) -> None:
        """What was found this month is recorded, traced and confirmed; the last `leave_open` wait for the officer."""
        tables = sorted(self.found.pop(month, []), key=lambda each: (each.on, each.serial))
        if not tables:
            return
        tracer = self.cast.users["tracer"]
        with at(month.replace(day=27), 9):
            recoveries = tracing.record_recoveries([self._read(found, number) for number, found in enumerate(tables)], by=tracer)
        settled = recoveries[:len(recoveries) - leave_open]
        with at(month.replace(day=28), 11):
            for recovery, found, ranking in zip(settled, tables, rank_many(settled), strict=False):
                self._settle(recovery, found, ranking)

    def _read(self, found: Found, number: int) -> tracing.Seized:
        """What the agency's officer writes down: marks as read, and as much of the rest as is still legible."""
        legible = self.rng.random()
        also, doubted = self.elsewhere.random() < READ_ELSEWHERE, self.elsewhere.random() < DOUBTED
        place = "slide" if found.firearm_type.startswith("pistol") else "barrel"
        others = [tracing.OtherMark(place, damage(found.serial, self.elsewhere))] if also else []
        return tracing.Seized(
            recovered_on=found.on, place=f"{found.region}, road check", region=found.region, country="MX", agency=self.cast.prosecutor,
            case_reference=f"PGR-{found.on:%Y%m%d}-{number + 1:02d}", marks=damage(found.serial, self.rng),
            make=table("makes")[found.make].text if legible < 0.75 else "", firearm_type=found.firearm_type if legible < 0.9 else "",
            calibre=found.calibre if legible < 0.85 else "", other_marks=others, doubtful=["make"] if doubted and legible < 0.75 else [])

    def _settle(self, recovery: Recovery, found: Found, ranking: Ranking) -> None:
        tracer = self.cast.users["tracer"]
        best = next((one for one in ranking.items if not one.contradiction), None)
        if best is not None and best.probability >= CONFIRM_FROM and not self._taken(best):
            confirm(recovery, firearm=best.firearm, watched=best.watched, note="The marks, make and type agree.", by=tracer, ranking=ranking)
            return
        confirm(recovery, note="No candidate is likely enough.", by=tracer, ranking=ranking)
        if found.truth == "straw" and self.rng.random() < 0.5:
            tracing.answer(recovery, result_code="A3", answered_by="The maker's dealer", answered_on=found.on + timedelta(days=1),
                           note="Sold over the counter to a buyer known by a case reference.", by=tracer)

    def _taken(self, best: Candidate) -> bool:
        """Whether another recovery of this month was confirmed to be the same firearm since the ranking was made."""
        return best.firearm is not None and Holding.objects.filter(firearm=best.firearm, state=Holding.RECOVERED).exists()

    def _will_find(self, found: Found, after: date, mean_days: float) -> None:
        on = after + timedelta(days=30 + int(self.rng.exponential(mean_days)))
        if on <= facts.LAST_MONTH + timedelta(days=27):
            day = on.replace(day=min(on.day, 26))
            self.found[day.replace(day=1)].append(Found(
                found.serial, found.make, found.model, found.firearm_type, found.calibre, day, found.region, found.truth))

    def _region(self) -> str:
        return str(self.rng.choice(REGIONS))


def _of_state(left: Away, region: str) -> Found:
    gun: Firearm = left.gun
    return Found(gun.serial, gun.make, gun.model, gun.firearm_type, gun.calibre, left.on, region, "state")
