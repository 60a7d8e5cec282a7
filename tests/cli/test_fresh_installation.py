"""An empty database gets its tables at once, as the migrations would leave them."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunSQL, SeparateDatabaseAndState

ONE_BY_ONE = "import django; django.setup(); from django.core.management import call_command; call_command('migrate', verbosity=0, interactive=False)"
AT_ONCE = "import django; django.setup(); from enduse.cli.installation import migrate; migrate(); migrate()"


def tables_of(home: Path, program: str) -> dict[str, Any]:
    """What the database of a home holds after a program: tables by their columns and rules, indexes and guards by their words."""
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    subprocess.run([sys.executable, "-c", program], env={**kept, "ENDUSE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "enduse.settings"}, check=True, timeout=600)
    database = sqlite3.connect(home / "enduse.sqlite3")
    found: dict[str, Any] = {}
    for sort, name, words in database.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall():
        if sort != "table":
            found[name] = words
            continue
        columns = sorted(each[1:] for each in database.execute(f'PRAGMA table_info("{name}")'))
        links = sorted(each[2:5] for each in database.execute(f'PRAGMA foreign_key_list("{name}")'))
        found[name] = (columns, links, sorted(re.findall(r'CONSTRAINT "\w+" (?:CHECK|UNIQUE)[^,]*', words)))
    found["migrations done"] = sorted(database.execute("SELECT app, name FROM django_migrations").fetchall())
    return found


def test_no_migration_writes_what_the_models_do_not_say(settings):
    settings.MIGRATION_MODULES = {}  # the suite makes its tables without migrations
    ours = [migration for (app, _name), migration in MigrationLoader(None).disk_migrations.items() if app in settings.FLOORS]
    assert len(ours) > 20
    for migration in ours:
        assert not any(isinstance(each, RunSQL | SeparateDatabaseAndState) for each in migration.operations), migration


@pytest.mark.slow
def test_the_tables_made_at_once_are_those_that_the_migrations_leave(tmp_path):
    at_once, one_by_one = tables_of(tmp_path / "at-once", AT_ONCE), tables_of(tmp_path / "one-by-one", ONE_BY_ONE)
    assert at_once == one_by_one
    assert len(at_once) > 400


def test_the_sizes_that_are_noted_keep_no_correction_from_being_looked_up(tmp_path):
    """Nearly no row corrects another: noted so, SQLite would read all of them for each that it is asked of."""
    noted = "import django; django.setup(); from enduse.cli.installation import migrate, note_sizes; migrate(); note_sizes()"
    home = tmp_path / "noted"
    tables_of(home, noted)
    database = sqlite3.connect(home / "enduse.sqlite3")
    names = [name for (name,) in database.execute("SELECT idx FROM sqlite_stat1 WHERE idx IS NOT NULL")]
    assert not [name for name in names if "corrects_id" in name]
    assert [name for name in names if name.startswith("django_content_type")]
