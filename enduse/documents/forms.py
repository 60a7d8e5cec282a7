"""Forms of documents."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse.documents.models import Document


class DocumentsFilter(forms.Form):
    subject = forms.CharField(label=_("Reference"), required=False)


class AttachForm(forms.Form):
    subject = forms.CharField(label=_("Reference"), max_length=40, help_text=_("What it stands behind, such as A-2011-0042."))
    sort = forms.ChoiceField(label=_("Sort"), choices=Document.SORTS)
    file = forms.FileField(label=_("File"), help_text=_("PDF, PNG, JPEG, CSV or text."))
