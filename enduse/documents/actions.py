"""Attaching a file: its name, size and content are checked, it is kept by its hash, and the log commits to the hash."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.documents.models import Document, OpenedSubject
from enduse.documents.scanning import scan
from enduse.documents.sniffing import media_type, refuse_other_content
from enduse.documents.subjects import refuse_foreign
from enduse.ledger.actions import record
from enduse.parties.models import Party, party_of
from enduse.refusals import Invalid, Problem, Refused

CHUNK = 1 << 20


def open_to(subject: str, party: Party) -> None:
    """From now on the party's users may read what parties filed behind a subject. A step of asking for advice, which checks and logs."""
    OpenedSubject.objects.get_or_create(subject=subject, party=party)


def attach(
    file: IO[bytes], *, name: str, subject: str, sort: str = Document.OTHER, owner: Party | None = None,
    redacts: Document | None = None, by: User | None,
) -> Document:
    """Keep a file behind a subject (an application's or a recovery's reference).

    `redacts`: the document of which this is the redacted version, for those who may see no other.
    Invalid: no such sort, a kind of file that is not taken, content that is not what the name says, empty, too large,
    infected. Refused: a scanner that is set up gives no answer; a party's user names what is not its own (rule 10).
    """
    if by is not None:
        permit(by, "documents.attach")
    name = safe_name(name)
    kind = media_type(name)
    if sort not in dict(Document.SORTS):
        raise Invalid(Problem(
            _("There is no such sort of document."), _("Choose one of: %s.") % ", ".join(dict(Document.SORTS)), field="sort", found=sort))
    if redacts is not None:
        subject, owner = _refuse_unredactable(redacts), redacts.owner
    subject = subject.strip()
    if by is not None:
        refuse_foreign(subject, by)
    kept, sha256, size = _keep(file, name)
    try:
        scanned = scan(kept, name)
        with transaction.atomic():
            document = record(
                Document(subject=subject[:40], owner=owner or party_of(by), sort=sort, name=name, media_type=kind, size=size, sha256=sha256,
                         scan=scanned, redacts=redacts),
                by=by)
            os.replace(kept, path_of(document))
        return document
    finally:
        kept.unlink(missing_ok=True)


def _refuse_unredactable(original: Document) -> str:
    """Its subject. Refused: a redacted version of what is itself redacted."""
    if original.redacts_id is not None:
        raise Refused(_("This document is a redacted version itself."), _("Redact the original."))
    return original.subject


def folder() -> Path:
    path = Path(settings.MEDIA_ROOT) / "documents"
    path.mkdir(parents=True, exist_ok=True)
    return path


def path_of(document: Document) -> Path:
    """Where a document's content is kept: by its hash, so the same file is kept once."""
    return folder() / document.sha256


def open_content(document: Document) -> IO[bytes]:
    """The content of a document. Refused: it was forgotten by order."""
    path = path_of(document)
    if not path.exists() and document.leaf.salt is None:
        raise Refused(_("The content of this document was forgotten by order."))
    return path.open("rb")


def safe_name(name: str) -> str:
    """The name without folders and without characters that a header or a file system would read as something else."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = re.sub(r"[^\w .()\-]", "_", last).strip(" .")
    stem, dot, extension = kept.rpartition(".")
    return f"{stem[:150]}{dot}{extension[:10]}" if dot else kept[:150]


def _keep(file: IO[bytes], name: str) -> tuple[Path, str, int]:
    limit = settings.ENDUSE_UPLOAD_LIMIT_MB * 1_000_000
    kept = folder() / f"receiving-{uuid.uuid4().hex}"
    digest, size = hashlib.sha256(), 0
    try:
        with kept.open("wb") as out:
            while chunk := file.read(CHUNK):
                if size == 0:
                    refuse_other_content(chunk, name)
                size += len(chunk)
                if size > limit:
                    raise Invalid(Problem(
                        _("The file is larger than %(limit)d MB.") % {"limit": settings.ENDUSE_UPLOAD_LIMIT_MB},
                        _("Scan it at a lower resolution, or split it."), field="file", found=name))
                digest.update(chunk)
                out.write(chunk)
        if size == 0:
            raise Invalid(Problem(_("The file is empty."), _("Choose the file again."), field="file", found=name))
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    return kept, digest.hexdigest(), size
