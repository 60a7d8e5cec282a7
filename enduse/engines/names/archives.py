"""A ZIP archive as publishers pack their lists: one list, or the tables that make one. Nothing is written under a name of the archive's."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from enduse.engines.names.bundles import Named, named
from enduse.engines.names.entities import ListError
from enduse.engines.names.files import CHUNK, FETCH_AGAIN

MAGIC = b"PK\x03\x04"
MOST_MEMBERS = 60
OFFICE_MARKS = frozenset({"[Content_Types].xml", "mimetype"})
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError)


@contextmanager
def unpacked(path: Path, max_bytes: int) -> Iterator[list[Named]]:
    """The files of an archive, for as long as the block lasts. Raises ListError where it is no archive of lists, or too large unpacked."""
    with tempfile.TemporaryDirectory(prefix="enduse-list-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                files = [member for member in archive.infolist() if not member.is_dir()]
                refuse(files, max_bytes)
                unpacked_files = [unpack(archive, member, Path(folder) / str(at)) for at, member in enumerate(files)]
        except DAMAGED as error:
            if isinstance(error, ListError):
                raise
            raise ListError("file", "", f"It is an archive or a spreadsheet that is damaged or cut short ({error}).", FETCH_AGAIN) from error
        except (RuntimeError, NotImplementedError) as error:
            raise ListError("file", "", f"The archive cannot be opened ({error}).", "Unpack it, and load the list itself.") from error
        yield unpacked_files


def refuse(files: list[zipfile.ZipInfo], max_bytes: int) -> None:
    """A spreadsheet is an archive too; a small archive may hold a very large file."""
    if OFFICE_MARKS & {member.filename for member in files}:
        raise ListError("file", "", "It is a spreadsheet or a document of an office program.", "Save its sheet as 'CSV UTF-8', and load that.")
    if len(files) > MOST_MEMBERS:
        raise ListError("file", "", f"The archive holds {len(files):,} files, at most {MOST_MEMBERS} are read.", "Unpack it, and load the list itself.")
    size = sum(member.file_size for member in files)
    if size > max_bytes:
        raise ListError("file", "size", f"Unpacked, it would have {size:,} bytes; at most {max_bytes:,} are read.", "Load the list alone.")


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, place: Path) -> Named:
    """One file, to a place of our own. More than the archive says that it has is never written: its sum is then wrong, and it is refused."""
    with archive.open(member) as packed, place.open("wb") as file:
        while chunk := packed.read(CHUNK):
            file.write(chunk)
    return named(place, PurePosixPath(member.filename.replace("\\", "/")).name)
