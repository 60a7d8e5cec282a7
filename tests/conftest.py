"""What every test stands on: a home of its own, and the factories of `given.py`."""

import os
from pathlib import Path

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's driver runs its loop in the test's own thread

import pytest

from tests import given


@pytest.fixture
def people(db):
    """One user in every role, with the parties that they act for: see `given.people`."""
    return given.people()


OF_A_DATABASE = {"db", "transactional_db", "django_db_setup", "django_db_blocker", "live_server", "tmp_path", "tmp_path_factory"}


def pytest_collection_modifyitems(items):
    """What opens no database, and starts no program that could, says nothing of one: it runs once, not once a database."""
    for item in items:
        if item.get_closest_marker("django_db") is None and not OF_A_DATABASE & set(item.fixturenames):
            item.add_marker(pytest.mark.engine)
    # Begun first, and not while the other workers have nothing left to do: whoever takes it loads a demonstration.
    items.sort(key=lambda item: "demo_home" not in item.fixturenames)


def pytest_sessionfinish(session):
    import shutil

    home = Path(os.environ.get("ENDUSE_HOME", ""))
    # Only the home that tests/settings.py made: never an installation, should somebody test with other settings.
    if home.name.startswith("enduse-test-"):
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def nothing_kept():
    """Attempts to sign in are counted in the cache, and what is kept for a log without an entry is that of any such log."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def in_english():
    """A page asked for in Spanish leaves its language with the thread; the next test begins in English again."""
    from django.utils import translation

    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests that need one: its driver cannot run twice in a process."""
    from playwright.sync_api import sync_playwright

    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=os.environ.get("ENDUSE_CHROMIUM", "/usr/bin/chromium"), args=quiet)
        yield chromium
        chromium.close()
