"""Choosing a party in a form by typing its name: however many parties there are, the page carries none but those that fit what was typed.

Taken are an exact name, a number, or both as they are offered: 'Name [17]'. What fits nothing is refused with the names near it.
Without a script nothing is offered while typing, and all else is the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.parties.models import Party

OFFERED = 12  # while typing
WHOLE = 20  # a choice of no more parties is offered whole, with the page
NEAR = 5
LOOKED_AT = 200  # for names near what was typed
SPARE_ROWS = 2
LARGEST_NUMBER = 18  # figures
NUMBERED = re.compile(r"(?P<name>.+) \[(?P<pk>\d{1,18})\]")

# What a field offers while typing, of what the viewer sees. What it takes is its own queryset's.
ANY, TOP, COMPANIES, MAKERS, BODIES, STATE_BODIES = "any", "top", "companies", "makers", "bodies", "state_bodies"
AMONG: dict[str, Q] = {
    ANY: Q(), TOP: Q(parent=None), COMPANIES: Q(parent=None, kind=Party.COMPANY), MAKERS: Q(parent=None, kind=Party.COMPANY) & ~Q(registration=""),
    BODIES: Q(parent=None) & ~Q(kind=Party.PERSON), STATE_BODIES: ~Q(kind__in=[Party.COMPANY, Party.PERSON])}
# Choices of other floors, which reach beyond what their user sees of the directory: see `offer`.
OFFERS: dict[str, Callable[[User | None], QuerySet[Party]]] = {}


def offer(among: str, rows: Callable[[User | None], QuerySet[Party]]) -> str:
    """Another floor's choice for fields that ask `among` it: its parties for a user. Called when that floor's forms are loaded."""
    OFFERS[among] = rows
    return among


def texts_of(parties: Iterable[Party], rows: QuerySet[Party]) -> list[str]:
    """Each party as a field writes it: its name, with its number where another one in the choice has the same name."""
    chosen = list(parties)
    alike = Counter(rows.order_by().filter(name__in={party.name for party in chosen}).values_list("name", flat=True))
    return [party.name if alike[party.name] <= 1 else f"{party.name} [{party.pk}]" for party in chosen]


def offered(user: User | None, typed: str, among: str = ANY) -> list[tuple[str, str]]:
    """(what the field takes, what is said beside it) of the parties whose names hold what was typed; those that begin so first."""
    typed = " ".join(typed.split())
    if not typed:
        return []
    rows = OFFERS[among](user) if among in OFFERS else Party.objects.visible_to(user).filter(AMONG.get(among, Q()))
    rows = rows.select_related("parent")
    found = list(rows.filter(name__istartswith=typed).order_by("name", "pk")[:OFFERED])
    if len(found) < OFFERED:
        found += rows.filter(name__icontains=typed).exclude(name__istartswith=typed).order_by("name", "pk")[:OFFERED - len(found)]
    return _with_words(found, rows)


def _with_words(parties: Sequence[Party], rows: QuerySet[Party]) -> list[tuple[str, str]]:
    return [(text, _beside(party)) for text, party in zip(texts_of(parties, rows), parties, strict=True)]


def _beside(party: Party) -> str:
    return " · ".join(filter(None, [str(party.get_kind_display()), party.country, party.parent.name if party.parent else ""]))


def near(typed: str, rows: QuerySet[Party]) -> list[str]:
    """Names in a choice that are near what was typed, the nearest first."""
    starts = [word[:4] for word in re.findall(r"\w{3,}", typed)][:6]
    if not starts:
        return []
    alike = Q()
    for start in starts:
        alike |= Q(name__icontains=start)
    names = {name.casefold(): name for name in rows.order_by().filter(alike).values_list("name", flat=True).distinct()[:LOOKED_AT]}
    holding = [each for each in names if typed.casefold() in each]
    return [names[each] for each in dict.fromkeys([*sorted(holding), *get_close_matches(typed.casefold(), names, n=NEAR, cutoff=0.3)])][:NEAR]


def options(choices: Iterable[tuple[str, str]]) -> SafeString:
    return format_html_join("", '<option value="{}" label="{} · {}"></option>', ((text, text, beside) for text, beside in choices))


class PartyInput(forms.TextInput):
    """A line that offers names while one types."""

    among = ANY
    whole: Sequence[tuple[str, str]] | None = None  # the choice, where it is small enough to stand in the page

    def _attrs(self, name: str, key: str) -> dict[str, str]:
        attrs = {"list": f"{key}_names", "autocomplete": "off"}
        if self.whole is None:
            attrs |= {"hx-get": f"{reverse('parties:names')}?among={self.among}&field={name}", "hx-trigger": "input changed delay:150ms",
                      "hx-target": f"#{key}_names", "hx-sync": "this:replace"}
        return attrs

    def _list(self, key: str) -> SafeString:
        return format_html('<datalist id="{}_names">{}</datalist>', key, options(self.whole or ()))

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        key = str((attrs or {}).get("id") or f"id_{name}")
        return super().render(name, value, {**(attrs or {}), **self._attrs(name, key)}, renderer) + self._list(key)


class PartiesInput(PartyInput):
    """A line for each party, and empty ones for more."""

    label: Any = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        return [str(each) for each in given if str(each).strip()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def format_value(self, value: Any) -> Any:
        return value

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        attrs = dict(attrs or {})
        key = str(attrs.pop("id", None) or f"id_{name}")
        attrs.pop("required", None)  # of the field, not of each of its lines
        lines = []
        for number, text in enumerate([*(value or []), *[""] * SPARE_ROWS]):
            each = {**attrs, "id": key if not number else f"{key}_{number}", "data-more": "", **self._attrs(name, key)}
            if number:
                each["aria-label"] = f"{self.label} {number + 1}"
            lines.append(forms.TextInput.render(self, name, text, each, renderer))
        return format_html('<div class="parties-chosen">{}</div>{}', format_html_join("", "{}", ((line,) for line in lines)), self._list(key))


class PartyField(forms.Field):
    """One party of a choice; what was typed becomes the party."""

    widget: Any = PartyInput

    def __init__(self, *, among: str = ANY, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.queryset: QuerySet[Party] = Party.objects.none()
        self.widget.among = among

    def choose_from(self, rows: QuerySet[Party]) -> None:
        """Which parties are taken. A small choice stands in the page."""
        self.queryset = rows.select_related("parent")
        few = list(self.queryset.order_by()[:WHOLE + 1])
        self.widget.whole = _with_words(sorted(few, key=lambda party: (party.name, party.pk)), rows) if len(few) <= WHOLE else None

    def prepare_value(self, value: Any) -> Any:
        return self._text(value)

    def _text(self, value: Any) -> str:
        known = value if isinstance(value, Party) else None
        if known is None and _is_number(value):
            known = self.queryset.filter(pk=int(value)).first()
        return texts_of([known], self.queryset)[0] if known is not None else str(value or "")

    def clean(self, value: Any) -> Any:
        text = " ".join(str(value or "").split())
        if not text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        return self._found(text)

    def _found(self, text: str) -> Party:
        numbered = NUMBERED.fullmatch(text)
        if _is_number(text) or numbered:
            by_number = self.queryset.filter(pk=int(numbered["pk"] if numbered else text)).first()
            if by_number is not None and (numbered is None or numbered["name"].casefold() == by_number.name.casefold()):
                return by_number
        called = list(self.queryset.filter(name__iexact=text).order_by("pk")[:NEAR + 1])
        called = [party for party in called if party.name == text] or called
        if len(called) == 1:
            return called[0]
        if called:
            shown = [f"{each} ({beside})" for each, beside in _with_words(called[:NEAR], self.queryset)]
            raise ValidationError(_("Several are called “%(text)s”. Write which, with its number: %(shown)s.") % {
                "text": text, "shown": "; ".join(shown)}, code="several")
        like = near(text, self.queryset)
        raise ValidationError(
            (_("Nobody who may be named here is called “%(text)s”. Near it: %(near)s. Write one as it stands.") if like else
             _("Nobody who may be named here is called “%(text)s”. Look in the directory of parties; an officer registers who is not in it.")) % {
                 "text": text[:200], "near": "; ".join(like)}, code="unknown")


class PartiesField(PartyField):
    """Any number of parties, a line each."""

    widget = PartiesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.label = self.label

    def prepare_value(self, value: Any) -> list[str]:
        return [self._text(each) for each in value or []]

    def clean(self, value: Any) -> list[Party]:
        typed = [" ".join(str(each).split()) for each in value or [] if str(each).strip()]
        if self.required and not typed:
            raise ValidationError(self.error_messages["required"], code="required")
        found, faults = [], []
        for text in typed:
            try:
                found.append(self._found(text))
            except ValidationError as fault:
                faults.append(fault)
        if faults:
            raise ValidationError(faults)
        return list(dict.fromkeys(found))


def _is_number(value: Any) -> bool:
    text = str(value)
    return text.isascii() and text.isdigit() and len(text) <= LARGEST_NUMBER
