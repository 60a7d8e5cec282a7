"""Forms of the log."""

from __future__ import annotations

from typing import Any

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


class KeyAnswerForm(forms.Form):
    proposal = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.ChoiceField(label=_("Answer"), widget=forms.RadioSelect, choices=[("yes", _("agree: the old private key is destroyed")), ("no", _("decline"))])
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea, help_text=_("Needed to decline."))


class ForgetForm(forms.Form):
    authority = forms.CharField(label=_("Authority"), max_length=200, help_text=_("The number of the court's order, or the law and its article."))
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea, help_text=_("Everybody may read it once it is ordered: do not repeat what is to be forgotten."))


class AnswerForm(forms.Form):
    ordered = forms.ChoiceField(label=_("Answer"), widget=forms.RadioSelect, choices=[("yes", _("order it: this cannot be undone")), ("no", _("decline"))])
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea, help_text=_("Needed to decline."))

    def answered(self) -> dict[str, Any]:
        """What the action takes."""
        return {"ordered": self.cleaned_data["ordered"] == "yes", "note": self.cleaned_data["note"]}
