"""What a file really is, by its first bytes, whatever its name says."""

from __future__ import annotations

from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enduse.refusals import Invalid, Problem

# extension -> (media type, how such a file begins; empty: text, which holds no zero byte)
KINDS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".csv": ("text/csv", ()),
    ".txt": ("text/plain", ()),
}
# What people send under a wrong name, and what is no document at all.
BEGINNINGS: tuple[tuple[bytes, Promise], ...] = (
    (b"%PDF-", gettext_lazy("a PDF")),
    (b"PK\x03\x04", gettext_lazy("a zipped office file, such as an Excel workbook (xlsx) or a Word text (docx), or a zip archive")),
    (b"\xd0\xcf\x11\xe0", gettext_lazy("an old office file, such as an Excel workbook (xls) or a Word text (doc)")),
    (b"\x89PNG", gettext_lazy("a PNG picture")), (b"\xff\xd8\xff", gettext_lazy("a JPEG picture")), (b"GIF8", gettext_lazy("a GIF picture")),
    (b"{\\rtf", gettext_lazy("a rich text (rtf)")), (b"MZ", gettext_lazy("a Windows program")), (b"\x7fELF", gettext_lazy("a program")),
    (b"<?xml", gettext_lazy("an XML text")), (b"<!DOCTYPE", gettext_lazy("a web page or an XML text")), (b"<html", gettext_lazy("a web page")),
)


def media_type(name: str) -> str:
    """The media type by the name's ending. Invalid: a kind that is not taken."""
    known = KINDS.get(Path(name).suffix.lower())
    if known is None:
        raise Invalid(Problem(
            _("This kind of file is not taken."), _("Send one of: %s.") % ", ".join(sorted(kind[1:] for kind in KINDS)), field="file", found=name))
    return known[0]


def refuse_other_content(head: bytes, name: str) -> None:
    """A file is what its name says: a workbook, a program or a web page named .pdf is not taken, and its sender is told what it is."""
    ending = Path(name).suffix.lower()
    starts = KINDS[ending][1]
    real = next((words for start, words in BEGINNINGS if head.lstrip(b"\xef\xbb\xbf").startswith(start)), None)
    fits = any(head.startswith(start) for start in starts) if starts else b"\x00" not in head and real is None
    if fits:
        return
    why = _("It is %(real)s, not %(named)s.") % {"real": real, "named": ending} if real is not None else _("It does not begin as %s does.") % ending
    raise Invalid(Problem(
        _("The content is not what the name says.") + " " + why, _("Save it in the format of its name, or give it its right name."), field="file",
        found=name))
