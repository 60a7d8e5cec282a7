"""One open licence: shotguns to the army's depot and to a state police force, one return filed and one forgotten.

It stands beside the published totals of the story: fiscal 2011's number is ours, and this is on top of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from enduse.certificates import actions as certificates
from enduse.deliveries import actions as deliveries
from enduse.deliveries.returning import Shipped, file_return
from enduse.demo.decisions import decide, issued
from enduse.demo.guns import PATTERNS, Works
from enduse.demo.licences import assess, screen
from enduse.demo.people import Cast
from enduse.demo.story import at
from enduse.licensing import actions as licensing
from enduse.licensing.kinds import KindAsked
from enduse.licensing.models import Application, Licence, Undertaking
from enduse.parties.models import Party

PATTERN, ASKED, TO_ARMY, TO_POLICE = "shotgun", 400, 24, 36
FILED_ON, ARMY_ON, POLICE_ON, RETURNED_ON = date(2010, 9, 6), date(2010, 11, 8), date(2011, 6, 14), date(2011, 4, 18)


def step(cast: Cast, works: Works, month: date) -> None:
    """What happens of it in a month of the story."""
    steps: dict[date, Callable[[], None]] = {
        FILED_ON: lambda: _granted(cast), ARMY_ON: lambda: _shipped(cast, works, cast.army, cast.depot, TO_ARMY, ARMY_ON),
        RETURNED_ON: lambda: _returned(cast), POLICE_ON: lambda: _shipped(cast, works, cast.forces[0], cast.forces[0], TO_POLICE, POLICE_ON),
    }
    for day, act in steps.items():
        if day.replace(day=1) == month:
            act()


def _granted(cast: Cast) -> None:
    pattern, exporter, officer = PATTERNS[PATTERN], cast.users["exporter"], cast.users["officer"]
    with at(FILED_ON, 9):
        application = licensing.draft(
            by=exporter, capacity=Application.EXPORTER, end_user=cast.army, consignee=cast.depot, country="MX",
            purpose="Replacement of worn shotguns of the depot and of a state police force, as they are called off over the years.",
            kind=KindAsked("open", recipients=(cast.forces[0],)),
            lines=[licensing.LineAsked(firearm_type=pattern.firearm_type, make=pattern.make, model=pattern.model, calibre=pattern.calibre,
                                       automatic=pattern.automatic, quantity=ASKED, unit_value_cents=pattern.cents)])
        licensing.submit(application, by=exporter)
    screen(cast, application, FILED_ON + timedelta(days=2))
    assess(cast, application, FILED_ON + timedelta(days=4))
    with at(FILED_ON + timedelta(days=7), 11):
        licensing.recommend(application, outcome="approve", note="A ceiling of 400 over five years; each consignment on a certificate of its end user.",
                            by=officer)
    decide(cast, application, FILED_ON + timedelta(days=10))
    issued(cast, application, FILED_ON + timedelta(days=10))


def _licence() -> Licence:
    return Licence.objects.get(application__kind="open")


def _shipped(cast: Cast, works: Works, end_user: Party, consignee: Party, count: int, day: date) -> None:
    """Registered and undertaken a month before, then declared, shipped and counted in."""
    licence, exporter = _licence(), cast.users["exporter"]
    with at(day, 9):
        licensing.register_first_use(licence, end_user=end_user, records_at="12 Mill Road", by=exporter)
        undertaking = licensing.file_undertaking(licence, end_user=end_user, by=exporter, words=certificates.CertificateWords(
            number=f"COMP-{day.year}-{count:03d}", issuer=f"{end_user.name}, procurement", signatory="Head of procurement", issued_on=day - timedelta(days=6),
            expires_on=day + timedelta(days=360), single_use=True, end_user=end_user.name, country=end_user.country))
    _confirmed(cast, undertaking, day + timedelta(days=2))
    guns = works.make(PATTERN, count, day.year)
    with at(day + timedelta(days=3), 10):
        consignment = deliveries.declare(
            licence, manifest=guns, manifest_sha256=f"{licence.reference}/{day}", carrier=cast.carrier, consignee=consignee, by=exporter,
            undertaking=Undertaking.objects.get(pk=undertaking.pk))
    with at(day + timedelta(days=4), 10):
        deliveries.ship(consignment, by=exporter)
    with at(day + timedelta(days=9), 13):
        deliveries.receive(consignment, by=cast.custodian_of(consignee))
    with at(day + timedelta(days=14), 9):
        deliveries.verify(consignment, note="Seen at the store against the manifest.", by=cast.users["monitor"])


def _confirmed(cast: Cast, undertaking: Undertaking, day: date) -> None:
    with at(day, 10):
        inquiry = certificates.inquire(
            undertaking.certificate, channel="mission", asked_whom=f"{undertaking.end_user.name}, the head of procurement",
            found_in="The embassy's own list of offices, 2010", by=cast.users["officer"])
        licensing.answer_inquiry(inquiry, outcome="confirmed", answered_by="Head of procurement", note="It is ours.", by=cast.users["officer"])


def _returned(cast: Cast) -> None:
    """The first period's return says what was shipped; nobody files the second one's."""
    with at(RETURNED_ON, 11):
        file_return(_licence(), number=1, rows=[Shipped(cast.army, 1, TO_ARMY)], by=cast.users["exporter"])
