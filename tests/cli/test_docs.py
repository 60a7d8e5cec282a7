"""The commands that the documentation shows are there, with the options that it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from enduse.cli.main import enduse

DOCS = Path(__file__).resolve().parents[2] / "docs"
SHOWN = [(page, line.split("  #")[0].strip()) for page in ("cli.md", "log.md") for line in (DOCS / page).read_text(encoding="utf-8").splitlines()
         if re.match(r"^    enduse ", line)]


def command_of(words: list[str]) -> tuple[click.Command, list[str]]:
    command: click.Command = enduse
    context = click.Context(enduse)
    while isinstance(command, click.Group):
        while words and words[0].startswith("--"):
            words = words[2:]
        if getattr(command, "name", "") == "trace" and words[0] not in command.commands:
            return command.commands["marks"], words
        found = command.get_command(context, words[0])
        assert found is not None, words
        command, words = found, words[1:]
    return command, words


@pytest.mark.parametrize(("page", "line"), SHOWN, ids=[line for _page, line in SHOWN])
def test_a_command_of_the_documentation_exists_with_its_options(page, line):
    command, words = command_of(shlex.split(line)[1:])
    options = {name for each in command.params for name in each.opts}
    assert {word for word in words if word.startswith("--")} <= options, line


def test_the_documentation_shows_commands():
    assert len(SHOWN) >= 15
