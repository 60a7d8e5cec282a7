"""Forms of what follows a recommendation and of a licence's changes."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse import clock
from enduse.licensing import dated
from enduse.licensing.models import Licence
from enduse.parties.choosing import COMPANIES, MAKERS, PartyField
from enduse.parties.models import Party


class AppealForm(forms.Form):
    grounds = forms.CharField(label=_("Grounds"), widget=forms.Textarea, help_text=_("What the decision got wrong, and what is new."))


class NoticeForm(forms.Form):
    letter = forms.CharField(label=_("Reference of the letter"), max_length=60)
    sent_on = forms.DateField(label=_("Sent on"), help_text=_("The days of waiting run from here."))


class ObjectionForm(forms.Form):
    resolution = forms.CharField(label=_("Resolution"), max_length=120, help_text=_("Its number and day."))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea)


class IssueForm(forms.Form):
    """Nothing to fill in: sending it is the act."""


class AmendmentForm(forms.Form):
    """What may be amended is a short list; the page shows beside it what may not, and why."""

    item = forms.ChoiceField(label=_("What changes"), widget=forms.RadioSelect)
    party = PartyField(label=_("The other maker, or the forwarder"), required=False, among=COMPANIES)
    was = forms.CharField(label=_("What stands there (of a misprint)"), max_length=300, required=False)
    becomes = forms.CharField(label=_("What should stand there"), max_length=300, required=False)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = dated.in_force(dated.AMENDMENTS, clock.today())
        self.fields["item"].choices = [(rule.code, rule.text) for rule in rules if rule.says("allowed") == "yes"]  # type: ignore[attr-defined]
        cast(PartyField, self.fields["party"]).choose_from(Party.objects.directory().filter(kind=Party.COMPANY))


class PurchaseForm(forms.Form):
    line = forms.TypedChoiceField(label=_("Line"), coerce=int)
    maker = PartyField(label=_("Registered maker"), among=MAKERS)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1)
    order = forms.CharField(label=_("Reference of the order"), max_length=60)

    def __init__(self, *args: Any, licence: Licence, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = [(line.number, f"{line.number}: {line}") for line in licence.lines.all()]  # type: ignore[attr-defined]
        makers = Party.objects.directory().filter(kind=Party.COMPANY).exclude(registration="")
        cast(PartyField, self.fields["maker"]).choose_from(makers)


class AnswerForm(forms.Form):
    AGREE, DECLINE = "agree", "decline"
    answer = forms.ChoiceField(label=_("Your answer"), widget=forms.RadioSelect, choices=[(AGREE, _("I agree: it stands from now on")),
                                                                                          (DECLINE, _("I decline: nothing changes"))])
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, required=False, help_text=_("Needed to decline."))
