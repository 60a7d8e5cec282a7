"""Guards: what the database itself refuses, whoever writes to it and however. The rules stand in the actions; these stop raw SQL.

A guard is one sentence and one condition over the new row. It is installed as a trigger after every migration and taken
down before one, since a database that rebuilds a table loses its triggers or stumbles over those of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate, pre_migrate

PREFIX = "guard_"


@dataclass(frozen=True)
class Guard:
    """`forbidden`: a condition over NEW (and OLD) under which `event` on `table` is refused with `says`.

    `event`: INSERT, UPDATE, or UPDATE OF columns. `lock`: a row that PostgreSQL locks first, so that two writers queue.
    """

    name: str
    table: str
    event: str
    forbidden: str
    says: str
    lock: str = ""

    def create(self, vendor: str) -> list[str]:
        """The statements that put the guard up."""
        says = self.says.replace("'", "''")
        if vendor == "sqlite":
            return [f"CREATE TRIGGER {PREFIX}{self.name} BEFORE {self.event} ON {self.table} WHEN {self.forbidden} "
                    f"BEGIN SELECT RAISE(ABORT, '{says}'); END"]
        lock = f"PERFORM 1 FROM {self.lock} FOR UPDATE; " if self.lock else ""
        return [
            f"CREATE OR REPLACE FUNCTION {PREFIX}{self.name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN {lock}"
            f"IF {self.forbidden} THEN RAISE EXCEPTION '{says.replace('%', '%%')}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            f"RETURN NEW; END $guard$",
            f"CREATE TRIGGER {PREFIX}{self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW EXECUTE FUNCTION {PREFIX}{self.name}()"]

    def drop(self, vendor: str) -> str:
        return f"DROP TRIGGER IF EXISTS {PREFIX}{self.name}" + ("" if vendor == "sqlite" else f" ON {self.table}")


def stands(name: str, table: str, says: str, *, keeps: Sequence[str]) -> Guard:
    """A fact that is never edited. Once an order took its salt its words may be blanked; what it `keeps` stays then too."""
    edited = " OR ".join(f'NEW."{column}" IS DISTINCT FROM OLD."{column}"' for column in ("leaf_id", "recorded_at", "recorded_by_id", *keeps))
    return Guard(name, table, "UPDATE", f"{edited} OR NOT {forgotten('NEW.leaf_id')}", says)


def forgotten(leaf: str) -> str:
    """The condition that an entry's salt is gone."""
    return f'EXISTS (SELECT 1 FROM ledger_leaf f WHERE f."index" = {leaf} AND f.salt IS NULL)'  # noqa: S608 - names of ours


def watch(sender: Any, guards: Sequence[Guard]) -> None:
    """Keep an app's guards up: called once when the app is ready."""
    post_migrate.connect(lambda using=DEFAULT_DB_ALIAS, **_more: put_up(guards, using), sender=sender, weak=False, dispatch_uid=f"up_{sender.label}")
    pre_migrate.connect(lambda using=DEFAULT_DB_ALIAS, **_more: take_down(guards, using), sender=sender, weak=False, dispatch_uid=f"down_{sender.label}")


def put_up(guards: Iterable[Guard], using: str = DEFAULT_DB_ALIAS) -> None:
    connection = connections[using]
    there = _tables(connection)
    with connection.cursor() as cursor:
        for guard in guards:
            if guard.table in there:
                cursor.execute(guard.drop(connection.vendor))
                for statement in guard.create(connection.vendor):
                    cursor.execute(statement)


def take_down(guards: Iterable[Guard], using: str = DEFAULT_DB_ALIAS) -> None:
    connection = connections[using]
    there = _tables(connection)
    with connection.cursor() as cursor:
        for guard in guards:
            if guard.table in there:
                cursor.execute(guard.drop(connection.vendor))


def _tables(connection: Any) -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))
