"""Every address of the site and every operation of the API, with every role and with nobody, against the one table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import get_resolver

from enduse.accounts.models import User
from enduse.accounts.permissions import ACTIONS, NOUNS, Role, Scope
from tests.permissions import addresses, world
from tests.permissions.addresses import FILE, Asked, Operation
from tests.permissions.world import ANYBODY, World

ROLES = [*Role, ANYBODY]
# What stands before a place in an address says what the place names; where the address begins with it, the floor does.
NAMED_AFTER = {
    "advisories": "advisory", "imports": "import",
    "questions": "question", "advice": "advice", "cases": "application",
    "certificates": "certificate", "inquiries": "inquiry", "challenges": "challenge", "keys": "issuer_key",
    "applications": "application", "licences": "licence", "holds": "hold", "consignments": "consignment", "firearms": "firearm", "events": "event",
    "units": "unit", "stocktakes": "stocktake", "checks": "check", "recoveries": "recovery", "operations": "operation", "documents": "document",
    "measures": "measure", "estimates": "estimate", "deliveries": "consignment", "monitoring": "check", "diversion": "estimate", "scenarios": "scenario", "lab": "scenario", "reports": "report",
    "returns": "return", "denials": "denial", "consultations": "consultation", "changes": "change", "purchases": "purchase", "alerts": "alert", "parties": "party", "lists": "list", "hits": "hit", "tokens": "token", "entries": "leaf", "log": "leaf",
    "forgetting": "forgetting", "links": "link", "addresses": "address",
    "rules": "rule_table", "rule-tables": "rule_table",
}
AS_THEY_STAND = {"rest": "0/000.p/1", "key": "none", "proposal": "1", "fork": "1", "size": "1"}


@pytest.fixture(scope="module")
def here(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """The world, made once for all tests here and then undone."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield world.make()
        transaction.set_rollback(True)


def filled(route: str, here: World) -> str:
    """The address with each place filled by what is of its kind here."""
    done: list[str] = []
    for part in route.strip("/").split("/"):
        place = re.fullmatch(r"[<{](?:\w+:)?(\w+)[>}]", part)
        if place is None:
            done.append(part)
        elif place[1] in AS_THEY_STAND:
            done.append(AS_THEY_STAND[place[1]])
        elif place[1] == "username" or done[-1] == "users":
            done.append(str(here.named["username" if place[1] == "username" else "user"]))
        else:
            assert done[-1] in NAMED_AFTER, f"Say in NAMED_AFTER what {route} names after '{done[-1]}'."
            done.append(str(here.named[NAMED_AFTER[done[-1]]]))
    end = "/" if route.endswith("/") and done != [""] else ""
    return f"/{'/'.join(done)}{end}"


class Visitor:
    """A user at a browser, or nobody: signed in once, and whatever a visit did is undone."""

    def __init__(self, user: User | None) -> None:
        self._client = Client(raise_request_exception=False)
        if user is not None:
            self._client.force_login(user)
        self._brought = {name: cookie.value for name, cookie in self._client.cookies.items()}

    def visited(self, address: str, method: str = "get", **sent: object) -> HttpResponseBase:
        """What the address answers."""
        self._client.cookies.clear()
        self._client.cookies.load(self._brought)
        with transaction.atomic():
            answer = getattr(self._client, method)(address, **sent)
            if answer.streaming:
                b"".join(answer.streaming_content)
            transaction.set_rollback(True)
        return answer

    def seen(self, address: str) -> HttpResponseBase:
        """A page as a browser gets it; what only takes a form is sent an empty one."""
        answer = self.visited(address)
        return self.visited(address, "post") if answer.status_code == 405 else answer

    def sent(self, operation: Operation, here: World) -> HttpResponseBase:
        """The operation with the least that it takes."""
        address = filled(operation.path, here)
        if operation.method == "get":
            return self.visited(address, data=operation.query())
        media, body = operation.body()
        if query := operation.query():
            address += "?" + "&".join(f"{name}={value}" for name, value in query.items())
        if media.startswith("multipart"):
            files = {name: SimpleUploadedFile("small.csv", b"a,b\n1,2\n") if value is FILE else value for name, value in body.items()}
            return self.visited(address, operation.method, data=files)
        return self.visited(address, operation.method, data=json.dumps(body), content_type="application/json")


def is_turned_away(answer: HttpResponseBase, *, api: bool) -> bool:
    to_sign_in = answer.status_code == 302 and "/accounts/login/" in answer.headers["Location"]
    return answer.status_code in ({401, 403} if api else {403}) or to_sign_in


def shows_nothing(answer: HttpResponseBase) -> bool:
    """404 tells as little as a refusal does; that the thing is there is seen by the auditor's walk."""
    return answer.status_code == 404


def wrong(answer: HttpResponseBase, asked: Asked, role: str, *, api: bool) -> str:
    """What is wrong with this answer to this role; empty when it is as the table says."""
    if answer.status_code >= 500:
        return f"broke: {answer.exc_info[1]!r}" if getattr(answer, "exc_info", None) else "broke"
    turned_away = is_turned_away(answer, api=api)
    if asked.lets_in(role):
        return "was turned away" if turned_away else ""
    return "" if turned_away or shows_nothing(answer) else f"was let in ({answer.status_code})"


def test_every_page_says_whom_it_is_for():
    unsaid = [f"{name} ({route})" for name, route, asked in addresses.pages() if asked is None]
    assert not unsaid, f"Decorate with needs() or sees_noun(), or name among the public pages: {unsaid}"


def test_every_operation_says_whom_it_is_for():
    unsaid = [f"{each.name} ({each.method} {each.path})" for each in addresses.operations() if each.asks() is None]
    assert not unsaid, f"Name the action or the noun that it asks for: {unsaid}"


def test_every_operation_has_a_name_of_its_own():
    names = [each.name for each in addresses.operations()]
    assert len(names) == len(set(names))


def test_an_undecorated_page_would_be_noticed():
    def bare(request):
        raise NotImplementedError

    assert addresses._asked_by("somewhere:bare", bare) is None


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_page_lets_in_whom_the_table_lets_in_and_nobody_else(here, role):
    visitor = Visitor(here.user(role))
    found = {name: wrong(visitor.seen(filled(route, here)), asked, role, api=False) for name, route, asked in addresses.pages() if asked is not None}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_each_operation_lets_in_whom_the_table_lets_in_and_nobody_else(here, role):
    visitor = Visitor(here.user(role))
    found = {each.name: wrong(visitor.sent(each, here), asked, role, api=True) for each in addresses.operations() if (asked := each.asks()) is not None}
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.django_db
def test_each_page_of_a_thing_shows_the_auditor_that_thing(here):
    """So that the walk above visits things that are there, not a site full of 404s."""
    auditor = Visitor(here.user(Role.AUDITOR))
    shown = {
        name: status for name, route, asked in addresses.pages()
        if asked is not None and asked.noun and asked.lets_in(Role.AUDITOR) and NOUNS[asked.noun][Role.AUDITOR] is Scope.ALL
        and (status := auditor.seen(filled(route, here)).status_code) not in {200, 302}
    }
    assert shown == {}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["applicant", "exporter", "custodian"])
def test_what_belongs_to_others_is_on_no_page_as_if_it_were_not_there(here, role):
    outsider = Visitor(here.outsiders[role])
    shown = {
        name: answer.status_code for name, route, asked in addresses.pages()
        if asked is not None and "<" in route and _is_scoped(asked, role) and name not in {"tracing:confirm"}
        and (answer := outsider.seen(filled(route, here))).status_code not in {403, 404}
    }
    assert shown == {}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["applicant", "exporter", "custodian"])
def test_what_belongs_to_others_is_in_no_answer_as_if_it_were_not_there(here, role):
    outsider = Visitor(here.outsiders[role])
    shown = {
        each.name: answer.status_code for each in addresses.operations()
        if (asked := each.asks()) is not None and "{" in each.path and _is_scoped(asked, role)
        and (answer := outsider.sent(each, here)).status_code not in {403, 404}
    }
    assert shown == {}


def _is_scoped(asked: Asked, role: str) -> bool:
    """Whether it shows or changes what this role has some of, and others have others of."""
    if asked.action:
        return asked.lets_in(role) and asked.action != "accounts.make_token"
    return asked.lets_in(role) and NOUNS.get(asked.noun, {}).get(Role(role)) in {Scope.OWN_PARTY, Scope.OWN_END_USER}


def test_every_action_of_the_table_can_be_asked_for_over_the_api():
    reached = {asked.action for each in addresses.operations() if (asked := each.asks()) is not None}
    assert set(ACTIONS) - reached == set()


def test_every_address_of_the_site_is_walked():
    assert len(list(addresses.pages())) >= 30
    assert any(str(each.pattern) == "api/" for each in get_resolver().url_patterns)


def test_no_two_addresses_of_a_floor_have_one_name():
    """Two would make a link of the one lead to the other, silently."""
    from collections import Counter

    from django.urls import get_resolver

    for namespace, (_prefix, resolver) in get_resolver().namespace_dict.items():
        if namespace.startswith("api"):
            continue
        names = Counter(pattern.name for pattern in resolver.url_patterns if getattr(pattern, "name", None))
        assert [name for name, count in names.items() if count > 1] == [], namespace
