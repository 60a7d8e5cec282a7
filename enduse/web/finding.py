"""Search over what the viewer may see: what is outside that is neither found nor counted (rule 10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import IntegerField, Model, Q, QuerySet, Value
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from enduse.accounts.actions import note_read
from enduse.accounts.models import User
from enduse.accounts.permissions import sees
from enduse.custody.models import Firearm
from enduse.custody.serials import serial_key
from enduse.deliveries.models import Consignment, ImportNotification
from enduse.licensing.advisories.queries import advisories
from enduse.licensing.caselists import cases, looked_up_for
from enduse.licensing.denial_queries import denials
from enduse.licensing.models import Advisory, Application, Licence
from enduse.licensing.queries import licences_listed
from enduse.licensing.states import NAMES, TONES
from enduse.measures.models import Measure
from enduse.monitoring.models import Check
from enduse.pages import part_of
from enduse.parties.models import Party
from enduse.tracing.models import Recovery
from enduse.web.navigation import address
from enduse.words import LookedUp

T = TypeVar("T", bound=Model)
SHOWN = 10
SHORTEST = 2


@dataclass(frozen=True)
class Found:
    title: str
    url: str
    about: str
    state: str = ""
    tone: str = ""
    is_serial: bool = False


@dataclass(frozen=True)
class Group:
    """Matches of one noun; `more` when there are others than those shown, `all_url` lists them."""

    label: object
    found: tuple[Found, ...]
    more: bool
    all_url: str


def search(user: User, asked: str) -> list[Group]:
    """Matches by noun, at most ten each; nothing for less than two characters."""
    asked = asked.strip()[:80]
    if len(asked) < SHORTEST:
        return []
    groups = []
    words = Words(user, asked)
    for noun, label, list_name, look in NOUNS:
        if not sees(user, noun):
            continue
        found = list(look(user, words))
        if found:
            groups.append(Group(label, tuple(found[:SHOWN]), len(found) > SHOWN, address(list_name)))
            if noun == "firearm":
                note_read(user, noun, f"search: {asked}")
    return groups


def exactly(user: User, asked: str) -> str:
    """The address of the one thing whose reference was typed whole, or ''. References are written in capitals."""
    typed = asked.strip().upper()
    places: tuple[tuple[Any, str], ...] = (
        (Application, "licensing:application"),
        (Licence, "licensing:licence"),
        (Recovery, "tracing:recovery"),
        (Consignment, "deliveries:consignment"),
        (Advisory, "licensing:advisory"),
        (ImportNotification, "deliveries:import"),
        (Measure, "measures:measure"),
        (Check, "monitoring:check"),
    )
    found = [
        model.objects.visible_to(user).filter(reference=typed).order_by().annotate(noun_at=Value(place, IntegerField())).values_list("noun_at", "reference")
        for place, (model, _name) in enumerate(places)
    ]
    first = min(found[0].union(*found[1:], all=True), default=None)
    return _page(places[first[0]][1], first[1]) if first is not None else ""


def _page(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _first(rows: QuerySet[T]) -> QuerySet[T]:
    return rows[: SHOWN + 1]


class Words(str):
    """What was typed; where its words stand is looked up once for all nouns of a case."""

    def __new__(cls, user: User, typed: str) -> Words:
        words = super().__new__(cls, typed)
        words.user = user
        return words

    user: User

    @cached_property
    def found(self) -> LookedUp | None:
        return looked_up_for(self.user, self)


def _applications(user: User, asked: Words) -> Iterator[Found]:
    for row in part_of(cases(user, search=asked, found=asked.found), 0, SHOWN + 1):
        named = row.application
        yield Found(named.reference, _page("licensing:application", named.reference), named.end_user.name, str(NAMES[row.state]), TONES[row.state])


def _licences(user: User, asked: Words) -> Iterator[Found]:
    for row in part_of(licences_listed(user, search=asked, found=asked.found), 0, SHOWN + 1):
        reference = row.licence.reference
        yield Found(reference, _page("licensing:licence", reference), row.application.end_user.name, row.state_today)


def _consignments(user: User, asked: str) -> Iterator[Found]:
    rows = Consignment.objects.visible_to(user).filter(Q(reference__icontains=asked) | Q(licence__reference__iexact=asked))
    for row in _first(rows.select_related("consignee").prefetch_related("steps")):
        yield Found(row.reference, _page("deliveries:consignment", row.reference), row.consignee.name, row.state)


def _advisories(user: User, asked: str) -> Iterator[Found]:
    for row in _first(advisories(user, search=asked)):
        yield Found(row.reference, _page("licensing:advisory", row.reference), row.name, row.state_name, row.tone)


def _imports(user: User, asked: str) -> Iterator[Found]:
    words = Q(reference__icontains=asked) | Q(licence_reference__iexact=asked) | Q(exporter__icontains=asked)
    for row in _first(ImportNotification.objects.visible_to(user).filter(words).select_related("importer")):
        yield Found(row.reference, _page("deliveries:import", row.reference), f"{row.importer} · {row.exporter}")


def _denials(user: User, asked: str) -> Iterator[Found]:
    for row in _first(denials(asked)):
        yield Found(str(row), _page("licensing:denial", row.pk), f"{row.end_user} · {row.country}")


def _firearms(user: User, asked: str) -> Iterator[Found]:
    """Serials that begin with what was asked: a beginning is found by index however large the register is."""
    key = serial_key(asked)
    if not key:
        return
    rows = (
        Firearm.objects.visible_to(user)
        .filter(serial_key__gte=key, serial_key__lt=key + "\U0010ffff")
        .select_related("holding__party")
        .order_by("serial_key")
    )
    for row in _first(rows):
        held = getattr(row, "holding", None)
        about = f"{row.make} {row.model} · {held.party.name}" if held is not None else f"{row.make} {row.model}"
        yield Found(row.serial, _page("custody:firearm", row.pk), about, held.state if held is not None else "", is_serial=True)


def _recoveries(user: User, asked: str) -> Iterator[Found]:
    words = Q(reference__icontains=asked) | Q(case_reference__icontains=asked) | Q(place__icontains=asked) | Q(marks__icontains=asked)
    for row in _first(Recovery.objects.visible_to(user).filter(words)):
        yield Found(row.reference, _page("tracing:recovery", row.reference), f"{row.place} · {row.case_reference}")


def _parties(user: User, asked: str) -> Iterator[Found]:
    for row in _first(Party.objects.visible_to(user).filter(name__icontains=asked)):
        where = row.region or row.country
        yield Found(row.name, _page("parties:party", row.pk), f"{row.get_kind_display()} · {where}" if where else row.get_kind_display())


def _measures(user: User, asked: str) -> Iterator[Found]:
    for row in _first(Measure.objects.visible_to(user).filter(Q(reference__icontains=asked) | Q(title__icontains=asked))):
        yield Found(row.reference, _page("measures:measure", row.reference), row.title)


Look = Callable[[User, Words], Iterator[Found]]
NOUNS: tuple[tuple[str, object, str, Look], ...] = (
    ("firearm", gettext_lazy("Firearms"), "custody:firearms", _firearms),
    ("recovery", gettext_lazy("Recoveries"), "tracing:recoveries", _recoveries),
    ("application", gettext_lazy("Applications"), "licensing:applications", _applications),
    ("licence", gettext_lazy("Licences"), "licensing:licences", _licences),
    ("consignment", gettext_lazy("Consignments"), "deliveries:consignments", _consignments),
    ("advisory", gettext_lazy("Enquiries about end users"), "licensing:advisories", _advisories),
    ("import", gettext_lazy("Imports notified"), "deliveries:imports", _imports),
    ("screening", gettext_lazy("Denials of other states"), "licensing:denials", _denials),
    ("party", gettext_lazy("Parties"), "parties:list", _parties),
    ("measure", gettext_lazy("Measures"), "measures:list", _measures),
)
