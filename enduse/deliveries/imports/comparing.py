"""What an importing state notified, set against the licences of this authority and what was shipped under them.

    licensed by another state    not ours, unless its exporter or its firearms are registered here: then it differs
    licensed here                the licence is there, this end user's and in force; its exporter is the one that sells; type, calibre
                                 and quantity fit, and so do the serials where they were given

What is intended must fit in what is permitted. What was received must be what one consignment had, or all that was shipped; and
all that was notified of a licence no more than that. Derived each time it is read: a consignment shipped later may explain it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enduse import clock, reference
from enduse.custody.models import Firearm
from enduse.deliveries.imports.models import ImportNotification, ImportSerial
from enduse.deliveries.models import Consignment, ManifestLine
from enduse.licensing.models import ChangeProposal, Licence
from enduse.licensing.queries import state_on, used_by_licence
from enduse.parties.directory import name_key
from enduse.parties.models import Party

AGREES, NOT_OURS = "agrees", "not_ours"
NO_LICENCE, OTHER_END_USER, NOT_IN_FORCE, UNKNOWN_EXPORTER, OTHER_GOODS, QUANTITY, SERIALS, REGISTERED = (
    "no_licence", "other_end_user", "not_in_force", "unknown_exporter", "other_goods", "quantity", "serials", "registered")
NAMES = {
    AGREES: gettext_lazy("agrees"), NOT_OURS: gettext_lazy("licensed by another state"), NO_LICENCE: gettext_lazy("no such licence"),
    OTHER_END_USER: gettext_lazy("licence of another end user"), NOT_IN_FORCE: gettext_lazy("licence not in force"),
    UNKNOWN_EXPORTER: gettext_lazy("unknown exporter"), OTHER_GOODS: gettext_lazy("not what is licensed"), QUANTITY: gettext_lazy("quantity differs"),
    SERIALS: gettext_lazy("serials differ"), REGISTERED: gettext_lazy("firearms of this register"),
}
TONES = {AGREES: "good", NOT_OURS: "quiet", QUANTITY: "warn", SERIALS: "warn"}
Goods = Counter[tuple[str, str]]  # (type, calibre) -> how many


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree, in a sentence."""

    code: str
    words: str


@dataclass(frozen=True)
class GoodsCompared:
    """One type and calibre: notified here, notified of this licence up to here, permitted and shipped (None: nothing to compare with)."""

    words: str
    notified: int
    in_all: int
    permitted: int | None
    shipped: int | None


@dataclass(frozen=True)
class Comparison:
    """`outcome`: agrees, not_ours, or the gravest finding. `consignment`: the one that has just these firearms."""

    findings: tuple[Finding, ...]
    is_ours: bool
    goods: tuple[GoodsCompared, ...]
    licence: Licence | None = None
    consignment: str = ""

    @property
    def differs(self) -> bool:
        return bool(self.findings)

    @property
    def outcome(self) -> str:
        return self.findings[0].code if self.findings else AGREES if self.is_ours else NOT_OURS

    @property
    def name(self) -> str:
        return str(NAMES[self.outcome])

    @property
    def tone(self) -> str:
        return TONES.get(self.outcome, "bad")

    def for_importer(self, licence_reference: str) -> Comparison:
        """As the importing state may read it (rule 10): another's licence is as if it did not exist, and so is another's firearm."""
        if self.licence is None and any(each.code == OTHER_END_USER for each in self.findings):
            return Comparison((_no_licence(licence_reference),), True, self.goods)
        kept = tuple(each for each in self.findings if each.code != REGISTERED)
        return Comparison(kept, self.is_ours, self.goods, self.licence, self.consignment)


@dataclass
class Known:
    """What is known here of the licences that some notifications name, and of their firearms."""

    licences: dict[str, Licence] = field(default_factory=dict)
    used: dict[int, int] = field(default_factory=dict)
    sent: dict[int, dict[str, Goods]] = field(default_factory=dict)  # licence -> consignment -> what it had
    told: dict[tuple[str, int, str], list[tuple[int, Goods]]] = field(default_factory=dict)  # of a licence, an importer and a sort
    makers: dict[str, list[Party]] = field(default_factory=dict)
    serials: dict[int, dict[str, int]] = field(default_factory=dict)


def compared(notification: ImportNotification) -> Comparison:
    """One notification compared."""
    return compared_all([notification])[notification.pk]


def compared_all(notifications: Sequence[ImportNotification]) -> dict[int, Comparison]:
    """Each notification by its id, in a fixed number of queries."""
    known = _read(notifications) if notifications else Known()
    return {each.pk: _compare(each, known) for each in notifications}


def type_and_calibre(firearm_type: str, calibre: str) -> str:
    """Both in the reader's language."""
    return f"{reference.text_of('firearm_types', firearm_type)}, {reference.text_of('calibres', calibre)}"


def goods_of(notification: ImportNotification) -> Goods:
    found: Goods = Counter()
    for each in notification.goods:
        found[each["firearm_type"], each["calibre"]] += each["quantity"]
    return found


def _compare(notification: ImportNotification, known: Known) -> Comparison:
    licence = known.licences.get(notification.licence_reference)
    is_end_users = licence is not None and notification.importer_id in {
        licence.application.end_user.end_user_id, licence.application.consignee.end_user_id}
    if not notification.licensed_here and not is_end_users:
        return Comparison(tuple(_of_others(notification, known)), False, _rows(goods_of(notification)))
    if licence is None or not is_end_users:
        findings = [_no_licence(notification.licence_reference)]
        if licence is not None:
            findings = [Finding(OTHER_END_USER, _("Licence %(licence)s is for %(end_user)s.") % {
                "licence": licence.reference, "end_user": licence.application.end_user})]
        elif name_key(notification.exporter) not in known.makers:
            findings.append(Finding(UNKNOWN_EXPORTER, _("No exporter %(exporter)s is registered here.") % {"exporter": notification.exporter}))
        return Comparison(tuple(findings), True, _rows(goods_of(notification)))
    return _against_licence(notification, licence, known)


def _no_licence(licence_reference: str) -> Finding:
    return Finding(NO_LICENCE, _("There is no licence %(reference)s for this end user.") % {"reference": licence_reference})


def _of_others(notification: ImportNotification, known: Known) -> Iterator[Finding]:
    """What another state licensed is not compared; but what is registered here leaves under a licence of here."""
    own = [maker for maker in known.makers.get(name_key(notification.exporter), []) if maker.country == notification.country_of_export]
    if own:
        yield Finding(NO_LICENCE, _("%(maker)s of %(country)s is registered here, and no licence of this authority is named.") % {
            "maker": own[0], "country": own[0].country})
    registered = known.serials.get(notification.pk, {}).get("registered", 0)
    if registered:
        yield Finding(REGISTERED, _("Firearms among these serials that this register has already: %(n)d.") % {"n": registered})


def _against_licence(notification: ImportNotification, licence: Licence, known: Known) -> Comparison:
    told = goods_of(notification)
    permitted: Goods = Counter()
    for line in licence.lines.all():
        permitted[line.firearm_type, line.calibre] += line.quantity
    sent = known.sent.get(licence.pk, {})
    shipped: Goods = sum(sent.values(), Counter())
    in_all: Goods = sum((goods for pk, goods in known.told[_of(notification)] if pk <= notification.pk), Counter())
    if notification.is_withdrawn:
        in_all = told
    same = next((each for each, goods in sent.items() if goods == told), "") if notification.sort == ImportNotification.RECEIVED else ""
    findings = [*_of_the_licence(notification, licence, known), *_of_quantities(notification, told, in_all, permitted, shipped, same),
                *_of_serials(notification, known)]
    rows = tuple(GoodsCompared(type_and_calibre(*each), told[each], in_all[each], permitted[each], shipped[each]) for each in told)
    return Comparison(tuple(findings), True, rows, licence, same)


def _of_the_licence(notification: ImportNotification, licence: Licence, known: Known) -> Iterator[Finding]:
    state = state_on(licence, known.used.get(licence.pk, 0), clock.today())
    if notification.sort == ImportNotification.INTENDED and state not in {Licence.ACTIVE, Licence.EXHAUSTED}:
        yield Finding(NOT_IN_FORCE, _("Licence %(licence)s is %(state)s.") % {"licence": licence.reference, "state": dict(Licence.STATES)[state]})
    sellers = _sellers(licence)
    named = name_key(notification.exporter)
    if named not in {name_key(seller.name) for seller in sellers} and (sellers or named not in known.makers):
        yield Finding(UNKNOWN_EXPORTER, _("Licence %(licence)s does not name %(exporter)s as exporter.") % {
            "licence": licence.reference, "exporter": notification.exporter})


def _sellers(licence: Licence) -> list[Party]:
    """Who may deliver under it, now or before an amendment; none: any registered maker."""
    if licence.application.seller is None:
        return []
    return [licence.application.seller, *(each.party for each in licence.other_sellers if each.party is not None)]  # type: ignore[attr-defined]


def _of_quantities(
    notification: ImportNotification, told: Goods, in_all: Goods, permitted: Goods, shipped: Goods, same: str,
) -> Iterator[Finding]:
    strange = [each for each in told if not permitted[each]]
    if strange:
        yield Finding(OTHER_GOODS, _("The licence does not permit: %(what)s.") % {"what": "; ".join(type_and_calibre(*each) for each in strange)})
    if notification.sort == ImportNotification.INTENDED:
        for each in told:
            if permitted[each] and in_all[each] > permitted[each]:
                yield Finding(QUANTITY, _("%(what)s: %(told)d are notified in all, the licence permits %(permitted)d.") % {
                    "what": type_and_calibre(*each), "told": in_all[each], "permitted": permitted[each]})
        return
    for each in told:
        numbers = {"what": type_and_calibre(*each), "told": in_all[each], "shipped": shipped[each]}
        if permitted[each] and in_all[each] > shipped[each]:
            yield Finding(QUANTITY, _("%(what)s: %(told)d are notified as received in all, %(shipped)d were shipped.") % numbers)
        elif permitted[each] and not same and in_all[each] != shipped[each]:
            yield Finding(QUANTITY, _(
                "%(what)s: %(told)d are notified as received, of %(shipped)d that were shipped, and no consignment had just these.") % numbers)


def _of_serials(notification: ImportNotification, known: Known) -> Iterator[Finding]:
    counted = known.serials.get(notification.pk)
    if counted is None or counted["on_manifest"] == counted["all"]:
        return
    yield Finding(SERIALS, _("Serials that stand on no manifest under this licence: %(n)d of %(all)d.") % {
        "n": counted["all"] - counted["on_manifest"], "all": counted["all"]})
    if counted["registered"]:
        yield Finding(REGISTERED, _("Of these the register has elsewhere: %(n)d.") % {"n": counted["registered"]})


def _rows(goods: Goods) -> tuple[GoodsCompared, ...]:
    return tuple(GoodsCompared(type_and_calibre(*each), number, number, None, None) for each, number in goods.items())


def _of(notification: ImportNotification) -> tuple[str, int, str]:
    return notification.licence_reference, notification.importer_id, notification.sort


def _read(notifications: Sequence[ImportNotification]) -> Known:
    references = {each.licence_reference for each in notifications if each.licence_reference}
    others = ChangeProposal.objects.filter(item="SELLER", answer__agreed=True).select_related("party").order_by("pk")
    licences = Licence.objects.filter(reference__in=references).select_related(
        "application__end_user", "application__consignee", "application__seller").prefetch_related(
        "lines", "changes", Prefetch("proposals", others, to_attr="other_sellers"))
    known = Known(licences={licence.reference: licence for licence in licences})
    known.used = used_by_licence(Licence.objects.filter(pk__in=[licence.pk for licence in known.licences.values()]))
    known.sent, known.told = _sent(known.licences.values()), _told(known.licences)
    known.makers = defaultdict(list)
    for maker in Party.objects.directory().filter(kind=Party.COMPANY).exclude(registration=""):
        known.makers[name_key(maker.name)].append(maker)
    known.serials = _serials(notifications)
    return known


def _sent(licences: Iterable[Licence]) -> dict[int, dict[str, Goods]]:
    """What each shipped consignment of a licence had."""
    rows: Any = ManifestLine.objects.filter(
        consignment__licence__in=[licence.pk for licence in licences], consignment__steps__step=Consignment.SHIPPED).order_by()
    found: dict[int, dict[str, Goods]] = defaultdict(lambda: defaultdict(Counter))
    for licence, consignment, kind, calibre, number in rows.values_list(
            "consignment__licence", "consignment__reference", "line__firearm_type", "line__calibre").annotate(n=Count("pk")):
        found[licence][consignment][kind, calibre] += number
    return found


def _told(licences: Iterable[str]) -> dict[tuple[str, int, str], list[tuple[int, Goods]]]:
    """All that stands notified of each licence, by importer and sort."""
    found: dict[tuple[str, int, str], list[tuple[int, Goods]]] = defaultdict(list)
    for each in ImportNotification.objects.standing().filter(licence_reference__in=list(licences)).order_by("pk"):
        found[_of(each)].append((each.pk, goods_of(each)))
    return found


def serials_compared(rows: Any) -> Any:
    """Serials with whether a manifest of the licence has them, and whether the register does."""
    manifest = ManifestLine.objects.filter(
        consignment__licence__reference=OuterRef("notification__licence_reference"), firearm__serial_key=OuterRef("serial_key"))
    return rows.annotate(
        of_serial=Exists(manifest), of_make=Exists(manifest.filter(firearm__make=OuterRef("make"))),
        is_registered=Exists(Firearm.objects.filter(serial_key=OuterRef("serial_key"), make=OuterRef("make"))))


ON_MANIFEST = Q(of_make=True) | Q(make="", of_serial=True)


def _serials(notifications: Sequence[ImportNotification]) -> dict[int, dict[str, int]]:
    """Of each notification with serials: how many there are, stand on a manifest of its licence, are otherwise in the register."""
    rows = serials_compared(ImportSerial.objects.filter(notification__in=[each.pk for each in notifications])).order_by()
    counted = rows.values("notification").annotate(
        all=Count("pk"), on_manifest=Count("pk", filter=ON_MANIFEST), registered=Count("pk", filter=~ON_MANIFEST & Q(is_registered=True)))
    return {each["notification"]: each for each in counted}
