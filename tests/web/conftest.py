"""A real browser on the product's pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@contextmanager
def visiting(browser: Browser, site: str, user: Any = None, *, width: int = 1280, language: str = "en", scheme: str = "light") -> Iterator[Page]:
    """A page of a browser in which the user is signed in; `page.complaints` is what its console said of errors."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    cookies = [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": site}]
    if user is not None:
        client = Client()
        client.force_login(user)
        cookies.append({"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": site})
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda message: page.complaints.append(f"{page.url}: {message.text}") if message.type == "error" else None)  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.complaints.append(f"{page.url}: {error}"))  # type: ignore[attr-defined]
    yield page
    context.close()


@pytest.fixture
def opened(browser: Browser, live_server: Any) -> Callable[..., Any]:
    """`with opened("/desk/", user, width=390) as page`: the page in a browser; what its console complains of fails the test."""

    @contextmanager
    def open_page(path: str, user: Any = None, **how: Any) -> Iterator[Page]:
        with visiting(browser, live_server.url, user, **how) as page:
            page.goto(live_server.url + path)
            page.wait_for_load_state("networkidle")
            yield page
            assert page.complaints == []  # type: ignore[attr-defined]

    return open_page


def barriers(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA: one line each, with the element."""
    if not AXE.exists():
        pytest.fail("axe-core is missing: run `npm ci`.")
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for each in found["violations"] for node in each["nodes"]]


def runs_off_the_side(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
