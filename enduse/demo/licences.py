"""What the demonstration's exporters and army ask for, year by year, and the casework that grants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from enduse.demo import facts, papers
from enduse.demo.decisions import decide, issued
from enduse.demo.guns import PATTERNS
from enduse.demo.people import Cast
from enduse.demo.story import at
from enduse.licensing import actions as licensing
from enduse.licensing.flags import raised
from enduse.licensing.models import Application, Licence
from enduse.licensing.queries import known
from enduse.parties.models import Party
from enduse.reference import table
from enduse.screening import actions as screening
from enduse.screening import queries as screened

MIX = {  # the share of a year's firearms by pattern; automatic ones are carbine and smg
    "beretta": 0.20, "sw": 0.16, "sig": 0.12, "glock": 0.10, "ruger": 0.05, "rifle": 0.11, "ar": 0.08, "shotgun": 0.08, "precision": 0.02,
    "heavy": 0.005, "carbine": 0.055, "smg": 0.02,
}
LICENCES_A_YEAR = {2006: 3, 2007: 7, 2008: 9, 2009: 16, 2010: 8, 2011: 6}
DELIVERED_SHARE = 0.93


@dataclass
class Shipment:
    """A consignment to come: how many of which pattern, received on a day; `only`: all of it goes to this police force later."""

    received_on: date
    guns: dict[str, int]
    to_force: int = 0


@dataclass
class Asked:
    """A licence to come, and its shipments."""

    filed_on: date
    lines: dict[str, int]
    seller: Party
    by_government: bool
    shipments: list[Shipment] = field(default_factory=list)


def plan(cast: Cast, rng: np.random.Generator) -> list[Asked]:
    """Every licence of the six years, in the order in which they are filed."""
    asked = [_the_rifles(cast)]
    for year, total in facts.AUTHORISED.items():
        left = total - (facts.RIFLES if year == 2006 else 0)
        for number, quantity in enumerate(_split(rng, left, LICENCES_A_YEAR[year])):
            # A fiscal year runs from October to September.
            month = date(year - 1, 10, 1) if year == 2006 and number == 0 else _month_of(rng, year)
            month = max(month, facts.FIRST_MONTH)
            asked.append(_one(cast, rng, year, month, quantity))
    return sorted(asked, key=lambda each: each.filed_on)


def _the_rifles(cast: Cast) -> Asked:
    first, second = facts.FIRST_LOT_ON, facts.SECOND_LOT_ON
    return Asked(date(2006, 8, 2), {"ar": facts.RIFLES}, cast.maker, by_government=False, shipments=[
        Shipment(first, {"ar": facts.FIRST_LOT}, to_force=facts.TO_STATE_POLICE), Shipment(second, {"ar": facts.SECOND_LOT})])


def _one(cast: Cast, rng: np.random.Generator, year: int, month: date, quantity: int) -> Asked:
    names = list(rng.choice(list(MIX), size=min(3, len(MIX)), replace=False, p=np.array(list(MIX.values())) / sum(MIX.values())))
    weights = np.array([MIX[name] for name in names]) / sum(MIX[name] for name in names)
    counts = dict(zip([str(name) for name in names], (int(n) for n in rng.multinomial(quantity, weights)), strict=True))
    counts = {name: count for name, count in counts.items() if count}
    seller = [cast.maker, cast.maker2, cast.maker3][int(rng.choice(3, p=[0.5, 0.3, 0.2]))]
    asked = Asked(month.replace(day=2), counts, seller, by_government=bool(rng.random() < 0.2))
    start = month + timedelta(days=60)
    for number in range(int(rng.integers(1, 3))):
        received = start + timedelta(days=int(rng.integers(15, 80)) + 120 * number)
        share = DELIVERED_SHARE / (1 if number == 0 and len(asked.shipments) == 0 else 2)
        guns = {name: round(count * (share if number else DELIVERED_SHARE / 2)) for name, count in counts.items()}
        if received <= facts.LAST_MONTH + timedelta(days=14):
            asked.shipments.append(Shipment(received, {name: n for name, n in guns.items() if n}))
    if len(asked.shipments) == 1:
        asked.shipments[0].guns = {name: round(count * DELIVERED_SHARE) or count for name, count in counts.items()}
    return asked


def _month_of(rng: np.random.Generator, year: int) -> date:
    number = int(rng.integers(12))
    return date(year - 1, 10 + number, 1) if number < 3 else date(year, number - 2, 1)


def _split(rng: np.random.Generator, total: int, parts: int) -> list[int]:
    weights = rng.dirichlet([3.0] * parts)
    sizes = [max(20, int(total * weight)) for weight in weights]
    sizes[int(np.argmax(sizes))] += total - sum(sizes)
    return sizes


def file(cast: Cast, asked: Asked, number: int, day: date) -> Application:
    """Drafted and submitted by the exporter, or by the buying government."""
    by = cast.users["applicant"] if asked.by_government else cast.exporters[asked.seller.pk]
    with at(day, 9):
        application = licensing.draft(
            by=by, capacity=Application.BUYING_GOVERNMENT if asked.by_government else Application.EXPORTER,
            seller=None if asked.by_government else asked.seller, end_user=cast.army, consignee=cast.depot, country="MX",
            purpose="Arming of military zones and of the state police forces that the Secretariat supplies.",
            lines=[_line(name, count) for name, count in asked.lines.items()],
            certificate=licensing.CertificateGiven(
                number=f"EUC-{day.year}-{number:04d}", issuer="Secretariat of Defence", signatory="Director of Arms Registration",
                issued_on=day - timedelta(days=20), expires_on=day + timedelta(days=900), no_reexport=True, consents_to_checks=True,
                verifies_delivery=True, barred_regions=["Sierra Sur"] if number == 5 else []))
        licensing.submit(application, by=by)
    return application


def _line(name: str, count: int) -> licensing.LineAsked:
    pattern = PATTERNS[name]
    return licensing.LineAsked(firearm_type=pattern.firearm_type, make=pattern.make, model=pattern.model, calibre=pattern.calibre,
                               automatic=pattern.automatic, quantity=count, unit_value_cents=pattern.cents)


def screen(cast: Cast, application: Application, day: date) -> None:
    """Every party that is not clear is screened, and who will carry; a namesake is told apart."""
    officer = cast.users["officer"]
    with at(day, 10):
        for party in [*(party for _role, party in application.parties()), cast.carrier]:
            if screened.state_of(party).state == screened.CLEAR:
                continue
            for hit in screening.screen(party, by=officer).hits.all():
                if hit.said() is None:
                    screening.resolve_hit(hit, outcome="false_match", reason="Another body: country, address and registration differ.", by=officer)


def grant(cast: Cast, asked: Asked, number: int) -> Licence:
    """The whole casework of one approval, by an officer and a countersigner."""
    day = asked.filed_on
    officer = cast.users["officer"]
    application = file(cast, asked, number, day)
    screen(cast, application, day + timedelta(days=3))
    papers.look_at(cast, application, day + timedelta(days=4), day + timedelta(days=7))
    assess(cast, application, day + timedelta(days=8))
    with at(day + timedelta(days=10), 11):
        conditions = [{"code": "LOSSREPORT", "parameters": {"hours": 72}}] if day.year >= 2010 else []
        licensing.recommend(application, outcome="approve", conditions=conditions, reason_codes=[],
                            note="Parties are clear; the purpose fits the bodies named.", by=officer)
    decide(cast, application, day + timedelta(days=14))
    return issued(cast, application, day + timedelta(days=14))


def assess(cast: Cast, application: Application, day: date, *, high: Sequence[str] = ()) -> None:
    """Every criterion and every raised flag is answered; `high`: the criteria on which much speaks against it."""
    with at(day, 11):
        criteria = {code: {"level": entry.more["levels"].split("|")[0], "reason": "Considered on the file and the end user's record.", "evidence": "file"}
                    for code, entry in table("criteria").items()}
        for code in high:
            criteria[code] |= {"level": "high", "reason": "Earlier deliveries were lost and traced; stations do not count what is left."}
        flags = {code: {"level": "medium", "reason": "Weighed; the record and the certificate answer it.", "evidence": evidence}
                 for code, evidence in raised(known(application)).items()}
        licensing.assess(application, criteria=criteria, flags=flags, by=cast.users["officer"],
                         summary="The losses of earlier deliveries weigh most." if high else
                         "The end user and its units are known; deliveries are by serial and can be checked.")
