"""What is wrong with a list file, in the reader's language: the engine that reads it knows none but its own."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# Each sentence of the engine, with %s where it names something. A sentence that is not here stands as the engine wrote it.
SENTENCES = (
    gettext_noop("The XML is not whole (%s)."), gettext_noop("The file declares a document type or entities, which no list needs (%s)."),
    gettext_noop("It is an archive or a spreadsheet that is damaged or cut short (%s)."), gettext_noop("The archive cannot be opened (%s)."),
    gettext_noop("It is a spreadsheet or a document of an office program."), gettext_noop("The archive holds %s files, at most %s are read."),
    gettext_noop("Unpacked, it would have %s bytes; at most %s are read."), gettext_noop("The file has %s bytes; at most %s are read."),
    gettext_noop("The file is empty."), gettext_noop("The text is not UTF-8."), gettext_noop("The file holds binary data."),
    gettext_noop("The row is not whole CSV (%s)."), gettext_noop("The file stops in the middle of a row."),
    gettext_noop("The file stops in the middle of a line."), gettext_noop("Text follows the file's end mark."),
    gettext_noop("Its format cannot be told from its content."), gettext_noop("The file is an archive."), gettext_noop("The file looks like %s."),
    gettext_noop("The file is not the EU's list (%s)."), gettext_noop("The file is not a list of the US Treasury (%s)."),
    gettext_noop("The entity has no number."), gettext_noop("The entity has no name."), gettext_noop("Entity %s has no name."),
    gettext_noop("Entity %s stands in the file twice."), gettext_noop("%s stands in the file twice."), gettext_noop("The cell is empty."),
    gettext_noop("The header has no column %s."), gettext_noop("There is no such field."), gettext_noop("The field has no column."),
    gettext_noop("The row has %s columns; the list has %s."), gettext_noop("%s is not an entity number."),
    gettext_noop("The line is not one whole JSON object (%s)."), gettext_noop("The line is not a JSON object."),
    gettext_noop("It is one JSON array."), gettext_noop("%s is no schema."), gettext_noop("The file says that it has %s entries; it has %s."),
    # How to mend it.
    gettext_noop("Fetch the list again from its publisher and load the whole file."), gettext_noop("Fetch the list again from its publisher."),
    gettext_noop("Do not load this file; ask its sender where it comes from."), gettext_noop("Unpack it, and load the list itself."),
    gettext_noop("Unpack it, or save it in a list's own format, and load that file."), gettext_noop("Save its sheet as 'CSV UTF-8', and load that."),
    gettext_noop("Save the file as UTF-8."), gettext_noop("Load the list, not an archive."), gettext_noop("Load the list alone."),
    gettext_noop("Name it: %s. For a CSV of your own say which column holds what; its first line has: %s."),
    gettext_noop("Leave the format to be told by what it holds, or unpack it."), gettext_noop("Choose %s, or leave the format to be told by the content."),
    gettext_noop("Choose its format."), gettext_noop("Fill it in or take the row out."), gettext_noop("Give each row its own."),
    gettext_noop("Its columns: %s."), gettext_noop("Say which column holds it."), gettext_noop("Fields are %s."), gettext_noop("Use one of %s."),
    gettext_noop("Give each listed entity a name."), gettext_noop("Load FollowTheMoney JSON lines: one entity a line."),
    gettext_noop("Load it together with the list's main table: all in one ZIP archive, or each with `--list`."),
    # Where it was found.
    gettext_noop("line %s, column %s"), gettext_noop("document type"), gettext_noop("root element"), gettext_noop("after the end mark"),
)


def in_words(said: str) -> str:
    """A sentence of the engine in the reader's language."""
    for form in SENTENCES:
        found = re.fullmatch(re.escape(form).replace("%s", "(.+)"), said, re.DOTALL)
        if found is not None:
            return _(form) % found.groups() if found.groups() else _(form)
    return said
