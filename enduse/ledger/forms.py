"""Forms of the log."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST_NOTE = 20_000


class NoteField(forms.CharField):
    """A signed note, taken as it is but for how a browser ends lines."""

    widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})

    def to_python(self, value: object) -> str:
        text = super().to_python(value).replace("\r\n", "\n")
        return text.strip("\n") + "\n" if text.strip() else ""


class CompareForm(forms.Form):
    checkpoint = NoteField(
        label=_("A checkpoint that you kept"), strip=False, max_length=LONGEST_NOTE,
        help_text=_("The whole text as it was served, with its last line of signatures."))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, help_text=_("Everybody may read it."))
