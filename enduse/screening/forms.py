"""Forms of screening."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse.screening.models import HitResolution, ListChange


class ResolveForm(forms.Form):
    outcome = forms.ChoiceField(label=_("The party and the one listed are"), choices=HitResolution.OUTCOMES, widget=forms.RadioSelect,
                                help_text=_("The same: nothing may be approved for it while the list says so. Not the same: the answer is remembered until either changes."))
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea,
                             help_text=_("What differs or agrees: birth date, address, number, country, owners."))


class HitsFilter(forms.Form):
    search = forms.CharField(label=_("Party or entry"), required=False)
    source = forms.ChoiceField(label=_("List"), required=False)
    raised_by = forms.ChoiceField(label=_("Raised by"), required=False, choices=[
        ("", _("name or address")), ("name", _("a name or number")), ("address", _("an address alone"))])

    def __init__(self, *args, sources: list[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [("", _("every list")), *((source, source) for source in sources)]


class ChangesFilter(forms.Form):
    search = forms.CharField(label=_("Entry"), required=False)
    kind = forms.ChoiceField(label=_("Change"), required=False, choices=[("", _("every change")), *ListChange.KINDS])
