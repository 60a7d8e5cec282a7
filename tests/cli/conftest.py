"""The command line in this process, on the test's own database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from enduse.cli.main import enduse


@pytest.fixture
def run() -> Callable[..., Result]:
    """run("log", "verify", by=user) -> what `enduse --as user log verify` prints and how it exits"""

    def ran(*arguments: object, by: object = None) -> Result:
        before = ["--as", by.username] if by is not None else []  # type: ignore[attr-defined]
        return CliRunner().invoke(enduse, [*before, *map(str, arguments)])

    return ran
