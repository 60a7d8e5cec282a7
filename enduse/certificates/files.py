"""Reading an uploaded proof file."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from enduse.certificates.actions.issuing import MAX_FILE
from enduse.refusals import Invalid, Problem


def read_text(file: UploadedFile) -> str:
    """The text of an uploaded proof file. Invalid: too large, or no text."""
    try:
        if (file.size or 0) > MAX_FILE:
            raise ValueError(str(file.size))
        return str(file.read().decode())
    except ValueError as error:
        raise Invalid(Problem(_("This is no signed file of a certificate. %s") % _("It is larger than any, or no text."),
                              _("Ask the issuer to export it again, and do not open or edit it."), field="file")) from error
