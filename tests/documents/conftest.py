"""The exporter here has an application of its own to attach to: A-2011-0001."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from enduse import clock
from tests.licensing import given


@pytest.fixture
def people(people):
    with clock.at(datetime(2011, 3, 1, 9, tzinfo=UTC)):
        assert given.drafted(people).reference == "A-2011-0001"
    return people
