"""Forms of advisories. What they take is checked again by the actions; here are labels, choices and hints."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse import reference
from enduse.accounts.models import User
from enduse.accounts.permissions import Scope, scope_of
from enduse.documents.forms import size_hint
from enduse.documents.models import Document
from enduse.licensing.advisories.actions import EndUserNamed, GoodsNamed
from enduse.licensing.advisories.models import Advisory, AdvisoryAnswer
from enduse.licensing.advisories.queries import OVERDUE
from enduse.parties.models import Party


class AdvisoriesFilter(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False)
    search = forms.CharField(label=_("Reference or name"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        late = [(OVERDUE, _("overdue"))] if scope_of(user, "advisory") is Scope.ALL else []
        self.fields["state"].choices = [("", _("any")), *Advisory.STATES, *late, *AdvisoryAnswer.OUTCOMES]


class AskForm(forms.Form):
    name = forms.CharField(label=_("Full name of the end user"), max_length=200)
    party_kind = forms.ChoiceField(label=_("Kind"), choices=Party.KINDS)
    country = forms.CharField(label=_("Country"), max_length=2, help_text=_("Two letters, such as MX."))
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    contact = forms.CharField(label=_("Whom to reach there"), max_length=200, required=False, help_text=_("Name, telephone or e-mail address."))
    birth_date = forms.DateField(label=_("Born on"), required=False, help_text=_("Of a person."))
    business = forms.CharField(label=_("Nature of its business"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
                               help_text=_("Of a company: what it deals in, and for whom."))
    reason = forms.CharField(label=_("Why you ask"), max_length=4000, widget=forms.Textarea,
                             help_text=_("What would be sold and on whose order, and what makes you ask before you apply."))

    def named(self, goods: list[GoodsNamed]) -> EndUserNamed:
        return EndUserNamed(goods=goods, **self.cleaned_data)


class GoodsForm(forms.Form):
    """One kind of firearm that might be sold."""

    firearm_type = forms.ChoiceField(label=_("Type"))
    calibre = forms.ChoiceField(label=_("Calibre"))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["firearm_type"].choices = [("", _("choose")), *reference.choices("firearm_types")]
        self.fields["calibre"].choices = [("", _("choose")), *reference.choices("calibres")]

    def goods(self) -> GoodsNamed:
        return GoodsNamed(**self.cleaned_data)


GoodsForms = forms.formset_factory(GoodsForm, extra=3, max_num=50)


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Answer"), choices=AdvisoryAnswer.OUTCOMES, widget=forms.RadioSelect)
    reasons = forms.CharField(label=_("What who asked is told"), widget=forms.Textarea, required=False,
                              help_text=_("Where there are concerns or no advice is given: what may be said of it. It goes into the letter as you write it."))
    note = forms.CharField(label=_("Note for colleagues"), widget=forms.Textarea, required=False, help_text=_("Who asked never sees it."))


class AttachForm(forms.Form):
    sort = forms.ChoiceField(label=_("Sort"), choices=Document.SORTS, initial=Document.OTHER)
    file = forms.FileField(label=_("File"), help_text=size_hint())
    redacts = forms.ModelChoiceField(label=_("Redacted version of"), queryset=Document.objects.none(), required=False,
                                     help_text=_("Where parts are blacked out: roles that may not see the original see this one."))

    def __init__(self, *args: Any, documents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        originals = documents.filter(redacts=None)
        self.fields["redacts"].queryset = originals  # type: ignore[attr-defined]
        if not originals:
            del self.fields["redacts"]


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
