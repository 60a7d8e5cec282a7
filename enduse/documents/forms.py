"""Forms of documents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enduse.documents.models import Document


def size_hint() -> str:
    """What is taken and how large, in the reader's language when the page is shown."""
    return format_lazy("{} {}", _("PDF, PNG, JPEG, CSV or text."), _size())


def _size() -> str:
    return lazy(lambda: gettext("At most %d MB.") % settings.ENDUSE_UPLOAD_LIMIT_MB, str)()


class DocumentsFilter(forms.Form):
    subject = forms.CharField(label=_("Reference"), required=False)


class AttachForm(forms.Form):
    subject = forms.CharField(label=_("Reference"), max_length=40, help_text=_("What it stands behind, such as A-2011-0042."))
    sort = forms.ChoiceField(label=_("Sort"), choices=Document.SORTS)
    file = forms.FileField(label=_("File"), help_text=size_hint())
    redacts = forms.ModelChoiceField(label=_("Redacted version of"), queryset=Document.objects.none(), required=False,
                                     help_text=_("Where parts are blacked out: roles that may not see the original see this one."))

    def __init__(self, *args: Any, documents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["redacts"].queryset = documents  # type: ignore[attr-defined]
