"""The log's own keys: from the environment, or kept in ENDUSE_HOME/keys. Which one signs, the last rotation in the log says."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from enduse.engines import translog
from enduse.ledger.models import KeyRotation
from enduse.refusals import Refused


def signer(size: int | None = None) -> translog.Signer:
    """Who signs this installation's checkpoints, or signs one of so many entries.

    Refused: the key that the log changed to is not here.
    """
    rotations = KeyRotation.objects.all() if size is None else KeyRotation.objects.filter(size__lte=size)
    last = rotations.order_by("-size").select_related("change").first()
    if last is not None:
        return _held(last.change.new_key)
    first = KeyRotation.objects.order_by("size").select_related("change").first() if size is not None else None
    return _held(first.change.old_key if first else "")


@lru_cache(maxsize=8)
def _held(named: str) -> translog.Signer:
    """The private key whose public half is `named`; with '', the log's first key, made when there is none."""
    held = [translog.Signer.parse(text) for text in _private_keys()]
    found = [each for each in held if str(each.verifier) == named] if named else held
    if not found:
        raise Refused(
            _("The log is signed with the key %(key)s, whose private half is not here."),
            _("Put it into ENDUSE_HOME/keys/log.key, or into ENDUSE_LOG_KEY."), key=named)
    return found[0]


def _private_keys() -> list[str]:
    told = [os.environ[name] for name in ("ENDUSE_LOG_KEY", "ENDUSE_LOG_NEW_KEY") if os.environ.get(name)]
    if os.environ.get("ENDUSE_LOG_KEY"):
        return told
    path = _folder() / "log.key"
    _write_once(path)
    return [each.read_text().strip() for each in (path, _folder() / "log.key.new") if each.exists()]


def _folder() -> Path:
    folder = settings.ENDUSE_HOME / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    return Path(folder)


def _write_once(path: Path) -> None:
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(translog.new_key(settings.ENDUSE_LOG_ORIGIN) + "\n")
        file.flush()
        os.fsync(file.fileno())


def new_signer() -> translog.Signer:
    """The key to change to: from ENDUSE_LOG_NEW_KEY where keys come from the environment, else made and on the disk before it is used.

    Only who holds the log's lock calls this: two at once would overwrite each other's new key.
    """
    if os.environ.get("ENDUSE_LOG_KEY"):
        if not os.environ.get("ENDUSE_LOG_NEW_KEY"):
            raise Refused(_("This log's key comes from the environment, so its new one must too."),
                          _("Put a new key into ENDUSE_LOG_NEW_KEY ('enduse log new-key' makes one), start again, and ask once more."))
        return translog.Signer.parse(os.environ["ENDUSE_LOG_NEW_KEY"])
    settle()
    path = _folder() / "log.key.new"
    path.unlink(missing_ok=True)
    _write_once(path)
    return translog.Signer.parse(path.read_text())


def settle() -> None:
    """After a change of the key: the new one takes the old one's place on the disk, and the old one is gone. Does nothing where that was done."""
    _held.cache_clear()
    new = _folder() / "log.key.new"
    last = KeyRotation.objects.order_by("-size").select_related("change").first()
    if os.environ.get("ENDUSE_LOG_KEY") or last is None or not new.exists():
        return
    if str(translog.Signer.parse(new.read_text()).verifier) == last.change.new_key:
        os.replace(new, _folder() / "log.key")
        handle = os.open(_folder(), os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def rotations() -> list[str]:
    """The notes by which the log changed its key, oldest first."""
    return list(KeyRotation.objects.order_by("size").values_list("note", flat=True))


def first_key() -> str:
    """The key that the log began with, as its first rotation says, or the present one. Not checked: following the rotations from it does."""
    first = KeyRotation.objects.order_by("size").select_related("change").first()
    return first.change.old_key if first else str(signer().verifier)


def keys_for(size: int) -> list[translog.Verifier]:
    """The public keys that may have signed a checkpoint of so many entries. NoteError: a rotation was tampered with."""
    return translog.keys_for(size, first_key(), rotations())
