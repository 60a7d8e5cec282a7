"""What every template may say: the day here, whether this is a demonstration, where the reader may go, the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import ROLE_NAMES, Role, may
from enduse.alerts.models import Alert
from enduse.ledger.actions import size
from enduse.ledger.models import Leaf
from enduse.together import counted
from enduse.web import navigation


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    current: bool


OWN_NAMES = {"en": "English", "es": "Español"}


class Site:
    """Computed when a template asks for it, so an answer without a page costs nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def user(self) -> User | None:
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @property
    def today(self) -> date:
        return clock.today()

    @property
    def is_demo(self) -> bool:
        return clock.is_demo()

    @cached_property
    def menu(self) -> list[navigation.Group]:
        return navigation.menu(self.user, self._request.path)

    @cached_property
    def role_name(self) -> str:
        return str(ROLE_NAMES[Role(self.user.role)]) if self.user and self.user.role else ""

    @cached_property
    def _counts(self) -> tuple[int, int]:
        """(entries in the log, alerts open for this reader): every page shows both, so they are read together."""
        if not self.user:
            return size(), 0
        mine = Alert.objects.visible_to(self.user).open()
        last = Leaf.objects.order_by("-index").annotate(open_alerts=counted(mine)).values_list("index", "open_alerts").first()
        return (last[0] + 1, last[1] or 0) if last is not None else (0, mine.count())

    @property
    def open_alerts(self) -> int:
        return self._counts[1]

    @property
    def log_size(self) -> int:
        return self._counts[0]

    @property
    def search_url(self) -> str:
        return navigation.address("web:search") if self.user else ""

    @property
    def languages(self) -> list[Language]:
        here = (get_language() or settings.LANGUAGE_CODE)[:2]
        return [Language(code, OWN_NAMES.get(code, str(name)), code == here) for code, name in settings.LANGUAGES]

    @cached_property
    def demo_users(self) -> list[User]:
        """Who one may sign in as in a demonstration; nobody elsewhere."""
        if not self.is_demo:
            return []
        order = {role.value: place for place, role in enumerate(Role)}
        users = User.objects.filter(is_active=True).exclude(role="").select_related("membership__party")
        return sorted(users, key=lambda user: (order.get(user.role, 99), user.username))

    @cached_property
    def demo_password(self) -> str:
        """The password that all users of a demonstration share, when its loader left it in `demo.json`."""
        kept = settings.ENDUSE_HOME / "demo.json"
        return str(json.loads(kept.read_text()).get("password", "")) if self.is_demo and kept.exists() else ""

    def may(self, action: str) -> bool:
        return may(self.user, action)


def site(request: HttpRequest) -> dict[str, Any]:
    made = Site(request)
    # `here` is the same: a view of a library may have a `site` of its own in its context.
    return {"site": made, "here": made, "LANGUAGE_CODE": (get_language() or settings.LANGUAGE_CODE)[:2]}
