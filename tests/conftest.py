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


def pytest_sessionfinish(session):
    import shutil

    home = Path(os.environ.get("ENDUSE_HOME", ""))
    # Only the home that tests/settings.py made: never an installation, should somebody test with other settings.
    if home.name.startswith("enduse-test-"):
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(autouse=True)
def in_english():
    """A page asked for in Spanish leaves its language with the thread; the next test begins in English again."""
    from django.utils import translation

    translation.deactivate()
    yield
    translation.deactivate()
