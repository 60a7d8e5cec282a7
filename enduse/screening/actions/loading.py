"""A denied-party list is taken, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.refusals import Refused
from enduse.screening import lists
from enduse.screening.compared import changes_between
from enduse.screening.models import ListChange, ListVersion

if TYPE_CHECKING:
    from enduse.engines import names

MOST_LOST = 0.25  # of a list's entries, beyond which an officer says that it is so
FEW = 20
DATED = re.compile(r"\d{4}-\d{2}-\d{2}")


def load_list(
    source_file: Path | str | IO[bytes], *, by: User, format: str | None = None, file_name: str = "", source: str = "",
    mapping: Mapping[str, str] | None = None, shrunk: bool = False,
) -> ListVersion:
    """Take a denied-party list, whole or not at all; it is current from now on. The same file twice is the same version.

    Invalid: the file cannot be read (which line, which field, why, how to mend it), or is not a list. Refused: it is older
    than the current version, or lost many entries and nobody says (`shrunk`) that this is so.
    """
    permit(by, "screening.load_list")
    if isinstance(source_file, str):
        source_file = Path(source_file)
    file_name = file_name or (source_file.name if isinstance(source_file, Path) else getattr(source_file, "name", "") or "list")
    kept, sha256 = lists.keep(source_file)
    try:
        known = ListVersion.objects.filter(sha256=sha256).first()
        if known is not None:
            return _the_same_again(known)
        found = lists.read(kept, format=format, source=source or _source_of(file_name, format, mapping), mapping=mapping, called=Path(file_name).name)
        version = ListVersion(
            source=found.source[:40], version=found.version[:40], sha256=sha256, entries=len(found.entities), file_name=Path(file_name).name[:200],
            format=format or lists.format_of(kept, mapping), mapping=dict(mapping or {}), notes=list(found.notes))
        return _take(version, found, kept, shrunk=shrunk, by=by)
    except IntegrityError:
        return ListVersion.objects.get(sha256=sha256)  # somebody loaded the same file at the same moment
    finally:
        kept.unlink(missing_ok=True)


def _the_same_again(known: ListVersion) -> ListVersion:
    newest = ListVersion.objects.filter(source=known.source).order_by("-pk")[0]
    if newest != known:
        raise Refused(
            _("This very file was loaded as %(known)s, which %(newest)s has replaced."), _("Load the newest file of its publisher."),
            known=str(known), newest=str(newest))
    return known


def _take(version: ListVersion, found: names.ScreenedList, kept: Path, *, shrunk: bool, by: User) -> ListVersion:
    """Record the version with what it changes against the one it replaces; should that one change meanwhile, look again."""
    while True:
        before = ListVersion.objects.filter(source=version.source).order_by("-pk").first()
        rows = _changes(before, found, shrunk=shrunk) if before is not None else []
        with transaction.atomic():
            if ListVersion.objects.filter(source=version.source).order_by("-pk").first() != before:
                continue
            version.replaces = before
            record(version, by=by, rows=rows, row_field="list_version")
            kept.replace(lists.folder() / version.sha256)
        return version


def _changes(before: ListVersion, found: names.ScreenedList, *, shrunk: bool) -> list[ListChange]:
    from enduse.engines import names

    refuse_older(before, found.version)
    difference = names.diff(lists.read_kept(before), found)
    if not shrunk:
        refuse_much_shorter(before, len(difference.removed))
    old = {entity.id: entity for entity in difference.before}
    rows = [_row(ListChange.ADDED, entity) for entity in difference.added]
    rows += [_row(ListChange.REMOVED, entity) for entity in difference.removed]
    rows += [_row(ListChange.CHANGED, entity, changes_between(old[entity.id].as_dict(), entity.as_dict())) for entity in difference.changed]
    return rows


def _row(kind: str, entity: names.Entity, fields: dict[str, list[str]] | None = None) -> ListChange:
    return ListChange(kind=kind, entity_id=entity.id[:80], entity_name=entity.caption[:300], fields=fields or {})


def refuse_older(before: ListVersion, version: str) -> None:
    """A list dated by its publisher is never replaced by an older one."""
    if DATED.fullmatch(version) and DATED.fullmatch(before.version) and version < before.version:
        raise Refused(
            _("This file is of %(version)s; the current one of this list is of %(current)s."), _("Load the newest file of its publisher."),
            version=version, current=before.version)


def refuse_much_shorter(before: ListVersion, removed: int) -> None:
    """A file cut between two rows looks whole: an officer confirms that so many entries were taken off."""
    if removed > max(FEW, MOST_LOST * before.entries):
        raise Refused(
            _("%(removed)d of the %(entries)d entries of %(current)s are not in this file: it may have been cut short."),
            _("Fetch it again and compare it with its publisher's page; if so many were taken off, say so when you load it."),
            removed=removed, entries=before.entries, current=str(before))


def _source_of(file_name: str, format: str | None, mapping: Mapping[str, str] | None) -> str:
    """A publisher's format names its list; a list in a format of many publishers is called like its file."""
    return Path(file_name).stem[:40] if mapping or format in {"csv", "ftm-jsonl"} or file_name.endswith((".json", ".jsonl")) else ""
