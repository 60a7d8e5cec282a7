"""Loading the demonstration: the months one after another, then what waits on each desk on 3 January 2012."""

from __future__ import annotations

import gc
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from django.conf import settings
from django.db import transaction

from enduse import clock
from enduse.accounts.models import User
from enduse.alerts import actions as alerts
from enduse.alerts.models import Alert
from enduse.custody.models import Firearm
from enduse.deliveries import actions as deliveries
from enduse.demo import desks, facts, open_licence, people, watchers
from enduse.demo.licences import Asked, Shipment, grant, plan
from enduse.demo.people import Cast, first_of_next
from enduse.demo.recoveries import Tables
from enduse.demo.story import Story, at
from enduse.demo.visits import Visits
from enduse.engines import names
from enduse.ledger.actions import sign, size
from enduse.licensing.models import Licence
from enduse.parties.models import Party
from enduse.screening.actions import load_list
from enduse.tracing.models import Recovery, WatchedSerial

Tell = Callable[..., None]


def has_casework() -> bool:
    return User.objects.exists() or Party.objects.exists()


def is_half_loaded() -> bool:
    """Whether an earlier load was interrupted: it left its note, and its last step was never done."""
    return (settings.ENDUSE_HOME / "demo.json").exists() and not clock.is_demo()


def is_loaded() -> bool:
    """Whether a whole demonstration is here: the clock is set as its last step."""
    return clock.is_demo() and has_casework()


def load(*, seed: int, tell: Tell) -> str:
    """Load the world; what was loaded, in a sentence. An interrupted load is known by the note it leaves, and refused next time."""
    (settings.ENDUSE_HOME / "demo.json").write_text(json.dumps({"password": people.PASSWORD, "seed": seed}))
    rng = np.random.default_rng(seed)
    # Hundreds of thousands of live rows: looking through them for rubbish every few hundred allocations finds none.
    gc.set_threshold(500_000, 20, 20)
    with at(facts.FIRST_MONTH - timedelta(days=3), 8), transaction.atomic():
        cast = people.make()
        load_list(names.demo_archive(), by=cast.users["officer"], source=names.DEMO_SOURCE, file_name=names.DEMO_ARCHIVE)
    loader = Loader(cast, rng)
    months = _months()
    for done, month in enumerate(months):
        tell(done, len(months) + 4, f"{month:%B %Y}")
        loader.month(month, last=month == months[-1])
    watchers.forget(cast)
    watchers.make()
    with at(facts.NOW.date() - timedelta(days=2), 20):
        watchers.see()
    tell(len(months), len(months) + 4, "what waits on the desks")
    desks.fill(cast, loader.story, tell=lambda step: tell(len(months) + step, len(months) + 4, "what waits on the desks"))
    clock.start_demo_at(facts.NOW)
    sign()
    watchers.see(["witness"])
    tell(len(months) + 4, len(months) + 4, "")
    return (f"{Firearm.objects.count():,} firearms in the register and {WatchedSerial.objects.count():,} watched outside it, "
            f"{Licence.objects.count()} licences, {Recovery.objects.count()} recoveries, {size():,} entries in the log.")


VERIFIED_AFTER = timedelta(days=19)


class Loader:
    """One month after another."""

    def __init__(self, cast: Cast, rng: np.random.Generator) -> None:
        self.cast = cast
        self.story = Story(cast, rng)
        self.tables = Tables(cast, rng, self.story)
        self.visits = Visits(cast, rng, self.story)
        self.asked: dict[date, list[tuple[int, Asked]]] = defaultdict(list)
        for number, asked in enumerate(plan(cast, rng), start=1):
            self.asked[asked.filed_on.replace(day=1)].append((number, asked))
        self.coming: dict[date, list[tuple[Licence, Asked, Shipment]]] = defaultdict(list)

    def month(self, month: date, *, last: bool) -> None:
        story, tables = self.story, self.tables
        with transaction.atomic():
            for number, asked in self.asked.pop(month, []):
                licence = grant(self.cast, asked, number)
                for shipment in asked.shipments:
                    self.coming[shipment.received_on.replace(day=1)].append((licence, asked, shipment))
            story.move(month)
            for licence, asked, shipment in self.coming.pop(month, []):
                self._deliver(licence, asked, shipment)
            open_licence.step(self.cast, story.works, month)
            story.desert_and_lose(month)
            story.count(month)
            story.say(month)
            self.visits.month(month)
            tables.watch(month)
            tables.report_seizures(month)
        # A trace searches what is committed, so recoveries come after the month's own transaction.
        tables.trace(month, leave_open=4 if last else 0)
        tables.seize(month)
        if not last:
            self._answer_alerts(month)

    def _deliver(self, licence: Licence, asked: Asked, shipment: Shipment) -> None:
        seller = asked.seller
        exporter = self.cast.exporters[seller.pk]
        day = shipment.received_on
        guns = [gun for name, count in shipment.guns.items() for gun in self.story.works.make(name, count, day.year)]
        with at(day - timedelta(days=20), 10):
            consignment = deliveries.declare(licence, manifest=guns, manifest_sha256=f"{licence.reference}/{day}", carrier=self.cast.carrier,
                                             consignee=self.cast.depot, by=exporter)
        with at(day - timedelta(days=14), 10):
            deliveries.ship(consignment, by=exporter)
        with at(day, 13):
            deliveries.receive(consignment, by=self.cast.users["custodian"])
        if day + VERIFIED_AFTER < facts.NOW.date():
            with at(day + VERIFIED_AFTER, 9):
                deliveries.verify(consignment, note="Seen at the depot against the manifest.", by=self.cast.users["monitor"])
        firearms = list(Firearm.objects.filter(manifest_lines__consignment=consignment).order_by("pk"))
        if shipment.to_force:
            self.story.pass_on(firearms[:shipment.to_force], first_of_next(day.replace(day=1)), only=self.cast.forces[0])
            firearms = firearms[shipment.to_force:]
        self.story.pass_on(firearms, first_of_next(day.replace(day=1)), barred=licence.application.certificate.barred_regions)

    def _answer_alerts(self, month: date) -> None:
        """Officers answer what is a month old; what is younger stays open."""
        by_role = {"licensing_officer": "officer", "countersigner": "countersigner", "monitor": "monitor", "tracing_officer": "tracer",
                   "policy_officer": "policy"}
        with at(first_of_next(month), 18), transaction.atomic():
            for alert in Alert.objects.filter(answered_at=None, raised_at__lt=clock.now() - timedelta(days=31)):
                alerts.answer(alert, text="Taken into the end user's record; the unit was asked to report.", by=self.cast.users[by_role[alert.role]])


def _months() -> list[date]:
    months = [facts.FIRST_MONTH]
    while months[-1] < facts.LAST_MONTH:
        months.append(first_of_next(months[-1]))
    return months


def what_to_try(address: str) -> str:
    """What a newcomer reads when the site is up."""
    users = "\n".join(f"    {name:<14} {role.value.replace('_', ' '):<18} {party}".rstrip() for name, role, party in people.USERS)
    return f"""
  enduse runs at {address}   (it is January 2012 there)

  Sign in with the password {people.PASSWORD} as:
{users}

  Try first: as tracer, open a recovery and confirm a trace; as officer, look at what it put on hold;
  as policy, simulate a moratorium, propose it, and enact it as policy2; then ship something as exporter.
  Without signing in: what was sold, the claims checked, the log. Stop with Ctrl-C.
"""
