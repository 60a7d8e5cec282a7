"""What waits on each desk on 3 January 2012, so that everybody who signs in has something to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from enduse.deliveries import actions as deliveries
from enduse.demo import casework, notices, papers
from enduse.demo.decisions import decide, refuse
from enduse.demo.guns import PATTERNS
from enduse.demo.licences import Asked, assess, file, screen
from enduse.demo.notices import DENIED_ELSEWHERE
from enduse.demo.people import Cast
from enduse.demo.story import Story, at
from enduse.diversion import actions as diversion
from enduse.lab import actions as lab
from enduse.licensing import actions as licensing
from enduse.licensing.chain import ChainAsked
from enduse.licensing.models import Application, Licence
from enduse.measures import actions as measures
from enduse.measures.models import Measure
from enduse.monitoring import actions as monitoring
from enduse.parties.actions import add_address
from enduse.parties.models import Party
from enduse.reports import actions as reports
from enduse.screening import actions as screening
from enduse.tracing.confirming import confirm
from enduse.tracing.models import Recovery
from enduse.tracing.ranking import rank

PATTERN_OF = {(pattern.make, pattern.model): name for name, pattern in PATTERNS.items()}
YEAR_END = date(2011, 12, 31)
OPEN_SHIPMENT = 40


def fill(cast: Cast, story: Story, *, tell: Callable[[int], None]) -> None:
    """Open applications, consignments on the way, enquiries and imports notified, a check to make, an estimate, measures tried, reports published."""
    _applications(cast)
    tell(1)
    _shipments(cast, story)
    notices.fill(cast)
    _check(cast, story)
    _trace_that_holds(cast)
    tell(2)
    _understanding(cast)
    tell(3)


def _applications(cast: Cast) -> None:
    """One to screen (with a namesake on a list, in the end for a police of whom another state denied the like), one to assess, one to countersign, one still a draft."""
    to_countersign = file(cast, Asked(date(2011, 11, 21), {"beretta": 900, "rifle": 300}, cast.maker, by_government=True), 901, date(2011, 11, 21))
    screen(cast, to_countersign, date(2011, 11, 25))
    papers.look_at(cast, to_countersign, date(2011, 11, 28), date(2011, 12, 2))
    assess(cast, to_countersign, date(2011, 12, 6))
    with at(date(2011, 12, 8), 12):
        licensing.recommend(
            to_countersign, outcome="approve", conditions=[{"code": "STOCKTAKE", "parameters": {"months": 6}}], reason_codes=[],
            note="Approve on condition of counts by serial every six months.", by=cast.users["officer"])
    to_assess = file(cast, Asked(date(2011, 12, 5), {"carbine": 400}, cast.maker, by_government=False), 902, date(2011, 12, 5))
    screen(cast, to_assess, date(2011, 12, 9))
    papers.look_at(cast, to_assess, date(2011, 12, 12), None)
    casework.in_hand(cast, to_assess)
    _decided(cast)
    with at(date(2011, 12, 20), 10):
        by = cast.users["exporter"]
        to_screen = _draft(cast, "sig", 600, 903, through_doubtful=True)
        licensing.submit(to_screen, by=by)
        _draft(cast, "shotgun", 250, 904, through_doubtful=False)
    with at(date(2011, 12, 22), 10):
        # It keeps goods where a listed broker has its bonded store: a second possible match, by that address alone.
        add_address(cast.doubtful_carrier, use="store", text="Molinos 27, Puerto Quimera", since=date(2009, 5, 1),
                    source="Customs declaration of its last freight", by=cast.users["officer"])
        screening.screen(cast.doubtful_carrier, by=cast.users["officer"])


def _decided(cast: Cast) -> None:
    """One refused, against which its applicant may appeal; one approved, of which the legislature is still to be told."""
    refused = file(cast, Asked(date(2011, 11, 28), {"glock": 350}, cast.maker, by_government=False), 905, date(2011, 11, 28))
    large = file(cast, Asked(date(2011, 11, 7), {"ar": 1_400}, cast.maker, by_government=False), 906, date(2011, 11, 7))
    for application, day in ((refused, date(2011, 12, 1)), (large, date(2011, 11, 10))):
        screen(cast, application, day)
        papers.look_at(cast, application, day + timedelta(days=1), day + timedelta(days=4))
        assess(cast, application, day + timedelta(days=5), high=["11.2"] if application is refused else [])
    refuse(cast, refused, date(2011, 12, 13))
    with at(date(2011, 12, 19), 12):
        licensing.recommend(large, outcome="approve", conditions=[{"code": "DVC", "parameters": {"days": 30}}], reason_codes=[],
                            note="Approve; each delivery is verified before the next.", by=cast.users["officer"])
    decide(cast, large, date(2011, 12, 27))


def _draft(cast: Cast, name: str, count: int, number: int, *, through_doubtful: bool) -> Application:
    pattern = PATTERNS[name]
    return licensing.draft(
        by=cast.users["exporter"], capacity="exporter", seller=cast.maker, end_user=cast.army, consignee=cast.depot, country="MX",
        intermediaries=[cast.doubtful_carrier] if through_doubtful else [],
        others=ChainAsked((Party.objects.get(name=DENIED_ELSEWHERE),) if through_doubtful else ()), purpose="Replacement of worn sidearms and shotguns.",
        lines=[licensing.LineAsked(firearm_type=pattern.firearm_type, make=pattern.make, model=pattern.model, calibre=pattern.calibre,
                                   automatic=pattern.automatic, quantity=count, unit_value_cents=pattern.cents)],
        certificate=licensing.CertificateGiven(
            number=f"EUC-2011-{number:04d}", issuer="Secretariat of Defence", signatory="Director of Arms Registration",
            issued_on=date(2011, 11, 10), expires_on=date(2013, 11, 10), no_reexport=True, consents_to_checks=True, verifies_delivery=True))


def _shipments(cast: Cast, story: Story) -> None:
    """A consignment declared and not shipped, another on its way to the depot."""
    exporter = cast.users["exporter"]
    own = [licence for licence in Licence.objects.select_related("application").filter(application__seller=cast.maker).exclude(application__kind="open").order_by("-issued_on")
           if licence.state(date(2011, 12, 27)) == Licence.ACTIVE and licence.remaining() >= OPEN_SHIPMENT]
    for number, licence in enumerate(own[:2]):
        line = max(licence.lines.all(), key=licence.remaining)
        count = min(OPEN_SHIPMENT, licence.remaining(line))
        guns = story.works.make(PATTERN_OF[line.make, line.model], count, 2011)
        with at(date(2011, 12, 27), 9 + number):
            consignment = deliveries.declare(licence, manifest=guns, manifest_sha256=f"{licence.reference}/open/{number}", carrier=cast.carrier,
                                             consignee=cast.depot, by=exporter)
        if number:
            with at(date(2011, 12, 29), 10):
                deliveries.ship(consignment, by=exporter)


def _check(cast: Cast, story: Story) -> None:
    unit = max(cast.stations, key=lambda station: story.books(station.pk))
    with at(date(2011, 12, 28), 15):
        monitoring.plan(unit=unit, stage="post_shipment", selection="risk", sample_size=30, planned_for=date(2012, 1, 17), seed=17,
                        by=cast.users["monitor"])


def _trace_that_holds(cast: Cast) -> None:
    """One of the last recoveries is confirmed: the army's open applications wait for review."""
    with at(date(2011, 12, 30), 9):
        for recovery in Recovery.objects.filter(confirmations=None).order_by("pk"):
            best = next((one for one in rank(recovery).items if not one.contradiction), None)
            if best is not None and best.firearm is not None and best.probability > 0.8:
                confirm(recovery, firearm=best.firearm, note="The marks, make and type agree.", by=cast.users["tracer"])
                return


def _understanding(cast: Cast) -> None:
    """The year's estimate, three measures tried on it, two reports published."""
    policy = cast.users["policy"]
    with at(date(2012, 1, 2), 9):
        estimate = diversion.estimate(until=YEAR_END, seed=2011, by=cast.users["analyst"])
    with at(date(2012, 1, 2), 11):
        tried = [
            _measure(cast, "Moratorium on firearms through the Secretariat of Defence", Measure.MORATORIUM, "Order 2012-02 (draft)", {}),
            _measure(cast, "Stocktakes by serial twice a year", Measure.STOCKTAKES, "Order 2012-03 (draft)", {"every_months": 6}),
            _measure(cast, "Locked armouries", Measure.LOCKED_ARMOURY, "Order 2012-04 (draft)", {"retention": 0.7}),
        ]
        lab.simulate(title="Stop selling, or count and lock", estimate=estimate, measures=tried, months=48, futures=1000, seed=2012, by=policy)
    for title, start, end in [("Firearms licensed to Mexico in fiscal 2009", date(2008, 10, 1), date(2009, 9, 30)),
                              ("Firearms licensed to Mexico, 2006 to 2011", date(2006, 1, 1), YEAR_END)]:
        with at(date(2012, 1, 2), 14):
            report = reports.draft(title=title, period_from=start, period_until=end, by=cast.users["analyst"])
        with at(date(2012, 1, 2), 16):
            reports.publish(report, by=policy)


def _measure(cast: Cast, title: str, kind: str, authority_reference: str, parameters: dict[str, float]) -> Measure:
    everywhere = kind != Measure.MORATORIUM
    return measures.draft(
        title=title, kind=kind, authority=Measure.EXECUTIVE_ORDER, authority_reference=authority_reference,
        reason="The estimate for 2011 and the traces of the last two years.", starts_on=date(2012, 2, 1), ends_on=date(2012, 2, 1) + timedelta(days=730),
        end_user=None if everywhere else cast.army, country="MX" if everywhere else "", parameters=parameters, by=cast.users["policy"])
