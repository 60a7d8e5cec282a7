"""A small world in a running site, and its people at their browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from enduse import clock
from enduse.accounts.permissions import Role
from enduse.screening.actions import screen
from tests import given
from tests.cases.person import Person
from tests.licensing.given import loaded_list


class Office:
    """Everybody who has a part in a case; each has a browser from the first time they are called on.

    `officer2`, `countersigner2`: colleagues; `public`: anybody.
    """

    def __init__(self, chromium: Browser, site: str, folder: Path, people: given.People) -> None:
        self.people, self.folder = people, folder
        self._users = {
            **{name: getattr(people, name) for name in ("exporter", "applicant", "custodian", "officer", "officer2", "countersigner", "monitor",
                                                        "policy", "policy2", "customs", "auditor", "adviser")},
            "countersigner2": given.user(Role.COUNTERSIGNER), "public": None}
        self._chromium, self._site = chromium, site
        self._known: dict[str, Person] = {}

    def __getattr__(self, name: str) -> Person:
        if name not in self._users:
            raise AttributeError(name)
        if name not in self._known:
            self._known[name] = Person(self._chromium, self._site, self._users[name])
        return self._known[name]

    def close(self) -> None:
        for person in self._known.values():
            person.leaves()


@pytest.fixture
def office(browser: Browser, live_server: Any, tmp_path: Path) -> Iterator[Office]:
    people = given.people()
    loaded_list(people.officer)
    screen(people.agency, by=people.officer)  # the first comparison of a process reads the engine in: here, and not while somebody waits
    everybody = Office(browser, live_server.url, tmp_path, people)
    yield everybody
    everybody.close()


@pytest.fixture
def days_pass(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`days_pass(31)`: from now on it is so many days later, for the site too."""
    ahead = timedelta(0)

    def pass_by(days: int) -> None:
        nonlocal ahead
        ahead += timedelta(days=days)
        monkeypatch.setattr(clock, "offset", lambda: ahead)

    return pass_by
