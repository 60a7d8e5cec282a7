"""What every test stands on: a home of its own, and the factories of `given.py`."""

import os
from pathlib import Path

_HOME = Path(os.environ["ENDUSE_HOME"])  # made by tests/settings.py
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's driver runs its loop in the test's own thread

import pytest  # noqa: E402

from tests import given  # noqa: E402


@pytest.fixture
def people(db):
    """One user in every role, with the parties that they act for: see `given.people`."""
    return given.people()


def pytest_sessionfinish(session):
    import shutil

    shutil.rmtree(_HOME, ignore_errors=True)
