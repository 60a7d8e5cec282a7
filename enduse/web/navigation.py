"""Where a role may go: the pages of the menu, asked of the one table of permissions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, may, scope_of, sees

Shown = Callable[[User], bool]


def _sees(noun: str) -> Shown:
    return lambda user: sees(user, noun)


def _has(noun: str) -> Shown:
    return lambda user: scope_of(user, noun) is not Scope.NONE


def _may(action: str) -> Shown:
    return lambda user: may(user, action)


def _all(_user: User) -> bool:
    return True


@dataclass(frozen=True)
class Item:
    """One link of the menu. `counts` names what stands beside it ('alerts': those still open)."""

    label: object
    name: str
    url: str
    current: bool = False
    counts: str = ""


@dataclass(frozen=True)
class Group:
    label: object
    items: tuple[Item, ...]


MENU: tuple[tuple[object, tuple[tuple[object, str, Shown], ...]], ...] = (
    ("", (
        (_("Desk"), "web:desk", _all),
        (_("Alerts"), "alerts:list", _sees("alert")),
    )),
    (_("Licensing"), (
        (_("Applications"), "licensing:applications", _sees("application")),
        (_("Enquiries"), "licensing:advisories", _sees("advisory")),
        (_("Licences"), "licensing:licences", _sees("licence")),
        (_("Rules with dates"), "licensing:rules", _sees("licence")),
        (_("Certificates"), "certificates:list", _sees("certificate")),
        (_("Screening"), "screening:lists", _sees("screening")),
        (_("Denials of other states"), "licensing:denials", _sees("screening")),
        (_("Measures"), "measures:list", _sees("measure")),
        (_("Documents"), "documents:list", _sees("document")),
    )),
    (_("Custody"), (
        (_("Consignments"), "deliveries:consignments", _sees("consignment")),
        (_("Imports notified"), "deliveries:imports", _sees("import")),
        (_("Conditions"), "deliveries:duties", _sees("duty")),
        (_("Returns"), "deliveries:returns", _sees("licence")),
        (_("At the border"), "deliveries:border", _may("deliveries.check_at_border")),
        (_("Firearms"), "custody:firearms", _sees("firearm")),
        (_("Stocktakes"), "custody:stocktakes", _sees("stocktake")),
        (_("End-use checks"), "monitoring:checks", _sees("check")),
        (_("Parties"), "parties:list", _sees("party")),
    )),
    (_("Tracing"), (
        (_("Recoveries"), "tracing:recoveries", _sees("recovery")),
        (_("Operations"), "tracing:operations", _sees("operation")),
    )),
    (_("Understanding"), (
        (_("Estimates"), "diversion:estimates", _sees("estimate")),
        (_("Scenarios"), "lab:scenarios", _sees("scenario")),
        (_("Reports"), "reports:list", _has("report")),
        (_("Claims"), "reports:claims", _all),
    )),
    (_("Running"), (
        (_("The log"), "ledger:log", _all),
        (_("Routing rules"), "licensing:routing", _may("licensing.edit_routing")),
        (_("Users"), "accounts:users", _may("accounts.manage_users")),
        (_("Rules"), "web:rules", _all),
        (_("Permissions"), "accounts:permissions", _all),
    )),
)
PUBLIC: tuple[tuple[object, str], ...] = (
    (_("Claims checked"), "reports:claims"),
    (_("Reports"), "reports:list"),
    (_("Measures"), "measures:list"),
    (_("The log"), "ledger:log"),
)


def address(name: str) -> str:
    """The address of a page by its URL name, or '' when this installation does not have the page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _is_current(url: str, path: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def menu(user: User | None, path: str) -> list[Group]:
    """The groups of links for this user at this path; for the public one group of what is published."""
    if user is None or not user.is_authenticated:
        public = [Item(label, name, url) for label, name in PUBLIC if (url := address(name))]
        return [Group("", _marked(public, path))]
    groups = []
    for label, entries in MENU:
        items = [
            Item(text, name, url, counts="alerts" if name == "alerts:list" else "")
            for text, name, shown in entries
            if shown(user) and (url := address(name))
        ]
        if items:
            groups.append(Group(label, _marked(items, path)))
    return groups


def _marked(items: list[Item], path: str) -> tuple[Item, ...]:
    """The items with the one marked that the path lies under (the longest address wins)."""
    under = max((item.url for item in items if _is_current(item.url, path)), key=len, default="")
    return tuple(Item(item.label, item.name, item.url, item.url == under, item.counts) for item in items)
