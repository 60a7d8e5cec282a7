"""The files of a consignment are custody's: the manifest, and the list that a receiver counted."""

from __future__ import annotations

from enduse.custody.files import MANIFEST_COLUMNS, read_manifest, read_serials, sha256_of

__all__ = ["MANIFEST_COLUMNS", "read_manifest", "read_serials", "sha256_of"]
