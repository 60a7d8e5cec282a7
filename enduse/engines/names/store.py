"""Named arrays in one file that is mapped, not read: opening costs nothing, pages load as they are used."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAGIC = b"enduse-names-2\n\0"
ALIGNMENT = 64
Array = NDArray[Any]


class IndexFileError(ValueError):
    """A saved index that cannot be opened; rebuild it from its lists."""


def save_arrays(path: Path, header: dict[str, Any], arrays: dict[str, Array]) -> None:
    """Write beside `path` and move into place, so that a reader sees the old file or the new one, never half."""
    described: dict[str, Any] = {}
    offset = 0
    for name, array in arrays.items():
        described[name] = {"dtype": array.dtype.str, "shape": list(array.shape), "offset": offset}
        offset += -(-array.nbytes // ALIGNMENT) * ALIGNMENT
    head = json.dumps({"header": header, "arrays": described, "bytes": offset}, ensure_ascii=False).encode()
    start = -(-(len(MAGIC) + 8 + len(head)) // ALIGNMENT) * ALIGNMENT
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(MAGIC + len(head).to_bytes(8, "little") + head)
            for name, array in arrays.items():
                file.seek(start + described[name]["offset"])
                file.write(np.ascontiguousarray(array).tobytes())
            file.truncate(start + offset)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def open_arrays(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """The header and the mapped arrays. Raises IndexFileError where the file is not a whole index."""
    remedy = "Build the index again from its lists."
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise IndexFileError(f"{path.name} is not a names index of this version. {remedy}")
        length = int.from_bytes(file.read(8), "little")
        try:
            head = json.loads(file.read(min(length, size)))
        except ValueError as error:
            raise IndexFileError(f"{path.name} is cut short or damaged. {remedy}") from error
    start = -(-(len(MAGIC) + 8 + length) // ALIGNMENT) * ALIGNMENT
    if size < start + head["bytes"]:
        raise IndexFileError(f"{path.name} is cut short. {remedy}")
    arrays: dict[str, Array] = {}
    for name, about in head["arrays"].items():
        shape = tuple(about["shape"])
        if 0 in shape:
            arrays[name] = np.empty(shape, dtype=about["dtype"])
        else:
            arrays[name] = np.asarray(np.memmap(path, about["dtype"], "r", start + about["offset"], shape))
    return head["header"], arrays
