"""The tables of an empty database, made at once as the models have them now: a fresh installation has no past to migrate from."""

from __future__ import annotations

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def is_empty() -> bool:
    with connection.cursor() as cursor:
        return not connection.introspection.table_names(cursor)


def make_tables() -> None:
    """All of them or none, with every migration noted as done: those to come go on from here."""
    recorder = MigrationRecorder(connection)
    done = MigrationLoader(None).disk_migrations
    with connection.schema_editor() as editor:
        editor.create_model(recorder.Migration)
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        recorder.migration_qs.bulk_create(recorder.Migration(app=app, name=name) for app, name in sorted(done))
    emit_post_migrate_signal(verbosity=0, interactive=False, db=DEFAULT_DB_ALIAS)
