"""Somebody at a browser who gets everywhere by clicking; each click is counted, what is typed is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Locator

from enduse.accounts.models import User

CLICKABLE = "a, button, summary"
LEADS_ON = """it => it.tagName === 'BUTTON' ? it.form !== null : it.tagName === 'A' && !it.getAttribute('href').startsWith('#')"""


class Person:
    """One person with a browser of their own, beginning at the desk (the public: at the front page)."""

    def __init__(self, chromium: Browser, site: str, user: User | None = None, *, width: int = 1280) -> None:
        self.clicks = 0
        self.complaints: list[str] = []
        context = chromium.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
        if user is not None:
            client = Client()
            client.force_login(user)
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": site}])
        self.page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._home = site + ("/desk/" if user is not None else "/")
        self.page.goto(self._home)

    def at_desk(self) -> Person:
        """Back to where the day begins; not counted."""
        self.page.goto(self._home)
        return self

    def finds(self, words: str) -> Person:
        """Goes to what bears this reference, by the search of every page."""
        box = self.page.locator("input[name=q]").first
        box.fill(words)
        with self.page.expect_navigation():
            box.press("Enter")
        if words not in self.page.url.split("?")[0]:
            self._click(self.page.locator("main").get_by_role("link", name=words).first)
        return self

    def menu(self, label: str) -> Person:
        return self._click(self.page.get_by_role("navigation").get_by_role("link", name=label, exact=True).first)

    def follow(self, label: str) -> Person:
        """Clicks the link, button or fold with this label in the page's body."""
        named = re.compile(rf"^\s*{re.escape(label)}")
        return self._click(self.page.locator("main").locator(CLICKABLE).filter(has_text=named).locator("visible=true").first)

    def choose(self, **fields: Any) -> Person:
        """Ticks, marks or selects: a click each; what is free text is typed."""
        for name, value in fields.items():
            field = self.page.locator(f"main [name='{name}']")
            assert field.count(), f"No field {name} on {self.page.url}:\n{self.text}"
            kind = str(field.first.evaluate("field => field.tagName + ':' + (field.type || '')"))
            if kind.startswith("TEXTAREA") or kind.split(":")[1] in {"text", "number", "date"}:
                field.first.fill(str(value))
            elif kind.startswith("SELECT"):
                texts = field.locator("option").all_inner_texts()
                values = field.locator("option").evaluate_all("all => all.map(one => one.value)")
                if str(value) in values:
                    field.select_option(value=str(value))
                else:
                    field.select_option(label=next(text for text in texts if str(value) in text))
                self.clicks += 1
            elif kind.endswith(":radio"):
                self.page.locator(f"main [name='{name}'][value='{value}']").check()
                self.clicks += 1
            else:
                for each in value if isinstance(value, list) else [value]:
                    (field.first if each is True else self.page.locator(f"main [name='{name}'][value='{each}']")).check()
                    self.clicks += 1
        return self

    def types(self, **fields: Any) -> Person:
        for name, value in fields.items():
            field = self.page.locator(f"main [name='{name}']").first
            assert field.count(), f"No field {name} on {self.page.url}:\n{self.text}"
            field.fill(str(value))
        return self

    def brings(self, **files: Path) -> Person:
        for name, path in files.items():
            self.page.locator(f"main [name='{name}']").set_input_files(str(path))
            self.clicks += 1
        return self

    def saves(self, label: str) -> Person:
        """Presses the button with this label."""
        return self._click(self.page.locator("main").get_by_role("button", name=label).locator("visible=true").first)

    def _click(self, what: Locator) -> Person:
        """A click; what leads to a page is waited for."""
        assert what.count(), f"Nothing to click like {what} on {self.page.url}:\n{self.text}"
        self.clicks += 1
        if what.evaluate(LEADS_ON):
            with self.page.expect_navigation():
                what.click()
        else:
            what.click()
        return self

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    def sees(self, *words: str) -> Person:
        """What must stand on the page, whatever its case."""
        shown = self.text.casefold()
        for each in words:
            assert each.casefold() in shown, f"{each!r} is not on {self.page.url}:\n{self.text}"
        return self

    def sees_no(self, *words: str) -> Person:
        shown = self.text.casefold()
        for each in words:
            assert each.casefold() not in shown, f"{each!r} stands on {self.page.url}:\n{self.text}"
        return self

    @property
    def here(self) -> str:
        """The last part of the address: the reference of what is shown."""
        return self.page.url.split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[1]

    def leaves(self) -> None:
        self.page.context.close()
        assert self.complaints == []
