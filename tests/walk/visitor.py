"""Somebody at a browser: signs in by the form, fills forms, presses the button, keeps pictures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from enduse.demo.people import PASSWORD

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "tour"


class Visitor:
    """One person with a browser of their own; `username` empty: the public. The console must stay silent."""

    def __init__(self, chromium: Browser, site: str, username: str = "", *, width: int = 1280) -> None:
        self.site = site
        self.complaints: list[str] = []
        self.page: Page = chromium.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce").new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if username:
            self.go("/accounts/login/")
            self.page.locator("main section").first.locator("[name=login]").fill(username)
            self.page.locator("#id_password").fill(PASSWORD)
            self.page.locator("main section").first.locator("button.button-primary").click()
            self.page.wait_for_url("**/desk/")

    def go(self, path: str) -> Visitor:
        response = self.page.goto(self.site + path)
        assert response is not None
        assert response.status < 500, (path, response.status)
        return self

    def fill(self, **fields: Any) -> Visitor:
        """Fill fields of the form by name: text, choice by label or value, tick, radio, file (a Path)."""
        for name, value in fields.items():
            self._fill_one(name, value)
        return self

    def _fill_one(self, name: str, value: Any) -> None:
        field = self.page.locator(f"main [name='{name}']")
        kind = field.first.evaluate("field => field.tagName + ':' + (field.type || '')")
        if kind.startswith("SELECT"):
            if not any(option == str(value) for option in field.locator("option").evaluate_all("all => all.map(one => one.value)")):
                value = next(text for text in field.locator("option").all_inner_texts() if str(value) in text)
                field.select_option(label=value)
            else:
                field.select_option(value=str(value))
        elif kind.endswith(":radio"):
            self.page.locator(f"main [name='{name}'][value='{value}']").check()
        elif kind.endswith(":checkbox"):
            boxes = [self.page.locator(f"main [name='{name}'][value='{one}']") for one in value] if isinstance(value, list) else [field.first]
            for box in boxes:
                box.check()
        elif kind.endswith(":file"):
            field.set_input_files(str(value))
        else:
            field.first.fill(str(value))

    def press(self, label: str = "") -> Visitor:
        """Press the form's button: the one with this label, or the primary one."""
        buttons = self.page.locator("main form[method=post]").get_by_role("button", name=label) if label else self.page.locator(
            "main form[method=post] button.button-primary, main form[method=post] button.button-danger, main form[method=post] .form-actions button")
        buttons.first.click()
        self.page.wait_for_load_state("networkidle")
        return self

    def click(self, label: str) -> Visitor:
        self.page.locator("main").get_by_role("link", name=label).first.click()
        self.page.wait_for_load_state("networkidle")
        return self

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    @property
    def here(self) -> str:
        """The last part of the address: the reference of what is shown."""
        return self.page.url.split("?")[0].rstrip("/").rsplit("/", 1)[1]

    def picture(self, name: str) -> Visitor:
        """Keep what is on the screen under docs/tour, when ENDUSE_PICTURES asks for it; look at it either way."""
        shot = self.page.screenshot(full_page=False)
        assert len(shot) > 5_000
        if os.environ.get("ENDUSE_PICTURES"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            (PICTURES / f"{name}.png").write_bytes(shot)
        return self

    def leave(self) -> None:
        assert self.complaints == []
        self.page.context.close()
