"""Two versions of an application side by side: field by field and line by line, what changed marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enduse import reference
from enduse.accounts.models import User
from enduse.accounts.permissions import sees
from enduse.licensing import chain, kinds
from enduse.licensing.models import Application
from enduse.parties.models import Party

NAMES = {
    "capacity": gettext_lazy("Capacity"), "applicant": gettext_lazy("Applicant"), "seller": gettext_lazy("Seller"),
    "end_user": gettext_lazy("End user"), "consignee": gettext_lazy("Consignee"), "country": gettext_lazy("Destination"),
    "kind": gettext_lazy("Kind of licence"), "return_by": gettext_lazy("Back by"), "consent": gettext_lazy("Consent of the state that exported first"),
    "origin_country": gettext_lazy("Country that the firearms come from"),
    "recipients": gettext_lazy("Other recipients"), "destinations": gettext_lazy("Other destinations"),
    "ultimate_end_users": gettext_lazy("Ultimate end users"), "further_consignees": gettext_lazy("Further consignees"), "carriers": gettext_lazy("Carriers"),
    "payer": gettext_lazy("Who pays"), "transit_countries": gettext_lazy("Countries on the way"), "purpose": gettext_lazy("Purpose"),
    "intermediaries": gettext_lazy("Brokers and agents"), "reference": gettext_lazy("Reference"),
    "number": gettext_lazy("Certificate: number"), "issuer": gettext_lazy("Certificate: issued by"),
    "signatory": gettext_lazy("Certificate: signed by"), "issued_on": gettext_lazy("Certificate: issued on"),
    "expires_on": gettext_lazy("Certificate: expires on"), "no_reexport": gettext_lazy("Certificate: no re-export"),
    "consents_to_checks": gettext_lazy("Certificate: checks accepted"), "verifies_delivery": gettext_lazy("Certificate: proof of delivery"),
    "barred_regions": gettext_lazy("Certificate: regions barred"), "barred_parties": gettext_lazy("Certificate: bodies barred"),
    "file_sha256": gettext_lazy("Certificate: file"),
}
PARTIES = {"applicant", "seller", "end_user", "consignee", "intermediaries", "recipients", "payer", "barred_parties", *(f"{role}s" for role in chain.ROLES)}
LINE_NAMES = {
    "firearm_type": gettext_lazy("Type"), "make": gettext_lazy("Make"), "model": gettext_lazy("Model"), "calibre": gettext_lazy("Calibre"),
    "automatic": gettext_lazy("Automatic"), "control_entry": gettext_lazy("Control list"), "quantity": gettext_lazy("Quantity"), "unit_value_cents": gettext_lazy("USD each"),
}
LISTS = {"firearm_type": "firearm_types", "make": "makes", "calibre": "calibres"}


@dataclass(frozen=True)
class Compared:
    """One field of two versions, as a person reads it."""

    field: str
    name: str
    before: str
    after: str
    line: int | None = None

    @property
    def changed(self) -> bool:
        return self.before != self.after


def compared(user: User | None, application: Application, earlier: int, later: int) -> list[Compared]:
    """Every field of two versions in the order of the form, then every line; the viewer's values only."""
    before, after = application.words_of(earlier), application.words_of(later)
    names = _party_names([before, after])
    fields = [Compared(field, str(NAMES.get(field, field)), _shown(field, one, names), _shown(field, other, names))
              for field, one, other in _pairs(before, after)]
    return fields + list(_lines(before.get("lines", []), after.get("lines", []), show_value=sees(user, "value")))


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for field in dict.fromkeys([*before, *after]):
        if field not in {"lines", "certificate", "reference"}:
            yield field, before.get(field), after.get(field)
    one, other = before.get("certificate") or {}, after.get("certificate") or {}
    for field in dict.fromkeys([*one, *other]):
        yield field, one.get(field), other.get(field)


def _party_names(versions: list[dict[str, Any]]) -> dict[int, str]:
    wanted: set[int] = set()
    for words in versions:
        for field, value in [*words.items(), *(words.get("certificate") or {}).items()]:
            if field in PARTIES and value is not None:
                wanted |= set(value) if isinstance(value, list) else {value}
    return dict(Party.objects.filter(pk__in=wanted).values_list("pk", "name"))


def _shown(field: str, value: Any, names: Mapping[int, str]) -> str:
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field in PARTIES:
        return ", ".join(names.get(pk, str(pk)) for pk in (value if isinstance(value, list) else [value]))
    if field == "kind":
        return reference.text_of(kinds.TABLE, value)
    if field == "capacity":
        return str(dict(Application.CAPACITIES).get(value, value))
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)


def _lines(before: list[dict[str, Any]], after: list[dict[str, Any]], *, show_value: bool) -> Iterator[Compared]:
    one, other = {line["number"]: line for line in before}, {line["number"]: line for line in after}
    for number in sorted(one | other):
        for field, name in LINE_NAMES.items():
            if field != "unit_value_cents" or show_value:
                yield Compared(field, str(name), _of_line(one.get(number), field), _of_line(other.get(number), field), number)


def _of_line(line: Mapping[str, Any] | None, field: str) -> str:
    value = line.get(field) if line is not None else None
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "unit_value_cents":
        return f"{value / 100:,.2f}"
    return reference.text_of(LISTS[field], value) if field in LISTS else f"{value:,}" if isinstance(value, int) else str(value)
