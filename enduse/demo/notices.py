"""What was asked before any application, and what the recipient notified: one of each is settled, one waits."""

from __future__ import annotations

from collections import Counter
from datetime import date

from enduse.deliveries.imports.actions import GoodsStated, ImportStated, notify_import
from enduse.deliveries.models import Consignment
from enduse.demo.people import Cast
from enduse.demo.story import at
from enduse.licensing.actions.denying_elsewhere import record_denial
from enduse.licensing.advisories.actions import EndUserNamed, GoodsNamed, answer_advisory, ask_advisory
from enduse.parties.models import Party
from enduse.screening.actions import resolve_hit
from enduse.screening.queries import state_of

MORE_NOTIFIED = 6
DENIED_ELSEWHERE = "Golfo state police"


def fill(cast: Cast) -> None:
    """Two enquiries about end users and two imports notified by the army, one of which says more than was shipped."""
    _enquiries(cast)
    _denied_elsewhere(cast)
    arrived = [each for each in Consignment.objects.filter(licence__application__seller=cast.maker).prefetch_related("steps").order_by("-pk")
               if each.state in {Consignment.DELIVERED, Consignment.VERIFIED}]
    newest: dict[int, Consignment] = {}
    for each in arrived:
        newest.setdefault(each.licence_id, each)
    for number, consignment in enumerate(list(newest.values())[:2]):
        _notified(cast, consignment, more=MORE_NOTIFIED * number)


def _enquiries(cast: Cast) -> None:
    exporter, officer = cast.users["exporter"], cast.users["officer"]
    with at(date(2011, 11, 14), 10):
        listed = ask_advisory(EndUserNamed(
            name="Comercializadora Valle Quimera", party_kind="company", country="MX", address="Calle Invención 22", contact="Purchasing office",
            business="Security equipment for private guards.", goods=[GoodsNamed("pistol_semi", "9para", 150)],
            reason="It asked for an offer by e-mail; we have never sold to it."), by=exporter)
    with at(date(2011, 11, 24), 11):
        for hit in state_of(listed.end_user).open_hits:
            resolve_hit(hit, outcome="true_match", reason="Name, country and line of business agree.", by=officer)
        answer_advisory(listed, outcome="concerns", note="The mission confirms the address.", by=officer,
                        reasons="A company of this name stands on a denied-party list. Do not go on without asking again.")
    with at(date(2011, 12, 28), 15):
        ask_advisory(EndUserNamed(
            name="Northmoor Phantom Arms", party_kind="company", country="GB", address="Unit 3, Quay Estate", contact="Sales director",
            business="Brokers of firearms for ministries abroad.", goods=[GoodsNamed("rifle_semi", "556nato"), GoodsNamed("pistol_semi", "9para")],
            reason="A broker offers us an order of a ministry that it does not name."), by=exporter)


def _denied_elsewhere(cast: Cast) -> None:
    """A state that does not exist denied pistols for a police, as a secretariat passed on."""
    with at(date(2011, 12, 12), 9):
        record_denial(
            state="XN", number="2011/38", denied_on=date(2011, 11, 30), end_user=Party.objects.get(name=DENIED_ELSEWHERE), country="MX",
            lines=[{"firearm_type": "pistol_semi", "calibre": "9para"}], reason_codes=["DV"], received_from="Secretariat of the notifying states, circular 12",
            note="Pistols of an earlier delivery were found with an armed group.", by=cast.users["officer"])


def _notified(cast: Cast, consignment: Consignment, *, more: int) -> None:
    """The army says what arrived of a consignment; `more`: so many more than it had."""
    had: Counter[tuple[str, str]] = Counter(consignment.manifest.order_by().values_list("line__firearm_type", "line__calibre"))
    goods = [GoodsStated(*each, number) for each, number in sorted(had.items())]
    goods[0] = GoodsStated(goods[0].firearm_type, goods[0].calibre, goods[0].quantity + more)
    arrived = consignment.steps.get(step=Consignment.DELIVERED).on
    with at(date(2011, 12, 28), 12, more):
        notify_import(ImportStated(
            sort="received", on=arrived, country_of_export="US", exporter=consignment.seller.name, goods=goods, licensed_here=True,
            licence_reference=consignment.licence.reference, use="Military zones and the state police forces that the Secretariat supplies."),
            by=cast.users["custodian"])
