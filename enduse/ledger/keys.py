"""The log's own key: from ENDUSE_LOG_KEY, or made once and kept in ENDUSE_HOME/keys/log.key."""

from __future__ import annotations

import os
from functools import lru_cache

from django.conf import settings

from enduse.engines import translog


@lru_cache(maxsize=1)
def signer() -> translog.Signer:
    """Who signs this installation's checkpoints."""
    return translog.Signer.parse(_private_key())


def _private_key() -> str:
    told = os.environ.get("ENDUSE_LOG_KEY")
    if told:
        return told
    path = settings.ENDUSE_HOME / "keys" / "log.key"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        key = translog.new_key(settings.ENDUSE_LOG_ORIGIN)
        file.write(key + "\n")
    return key


def keys_for(size: int) -> list[translog.Verifier]:
    """The public keys that may have signed a checkpoint of so many entries."""
    return [signer().verifier]
