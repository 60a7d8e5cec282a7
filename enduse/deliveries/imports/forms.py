"""Forms of notified imports. What they take is checked again by the actions; here are labels, choices and hints."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.custody.counting import Read
from enduse.custody.files import read_serials
from enduse.custody.naming import typed
from enduse.deliveries.imports.actions import GoodsStated, ImportStated
from enduse.deliveries.imports.models import ImportNotification
from enduse.documents.forms import size_hint
from enduse.parties.choosing import STATE_BODIES, PartyField
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem


class ImportsFilter(forms.Form):
    sort = forms.ChoiceField(label=_("What is notified"), required=False, choices=[("", _("any")), *ImportNotification.SORTS])
    search = forms.CharField(label=_("Reference, licence, exporter or importer"), required=False)
    licence = forms.CharField(required=False, widget=forms.HiddenInput)


class NotifyForm(forms.Form):
    sort = forms.ChoiceField(label=_("What you notify"), choices=ImportNotification.SORTS, widget=forms.RadioSelect)
    on = forms.DateField(label=_("On"), initial=clock.today, help_text=_("The day on which it was received, or on which it is expected."))
    country_of_export = forms.CharField(label=_("Country of export"), max_length=2, help_text=_("Two letters, such as US."))
    exporter = forms.CharField(label=_("Exporter, as it stands on the papers"), max_length=200)
    licensed_here = forms.ChoiceField(label=_("Who licensed the export"), widget=forms.RadioSelect, choices=[
        ("yes", _("this authority")), ("no", _("another state, or it is not known"))])
    licence_reference = forms.CharField(label=_("Reference of the export licence"), max_length=60, required=False,
                                        help_text=_("As it stands on the licence; of this authority's it looks like L-2011-0042."))
    use = forms.CharField(label=_("Who will use them, and for what"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    serials = forms.CharField(label=_("Serials, where you have them"), required=False, widget=forms.Textarea(
        attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off", "class": "serial"}),
        help_text=_("One a line; a comma and the make after it."))
    file = forms.FileField(label=_("…or a file"), required=False, help_text=_("CSV with the column serial, and make."))

    def stated(self, goods: list[GoodsStated]) -> ImportStated:
        given: dict[str, Any] = {name: self.cleaned_data[name] for name in NotifyForm.base_fields}
        given |= {"licensed_here": given["licensed_here"] == "yes", "serials": self._serials(given.pop("file"))}
        return ImportStated(goods=goods, **given)

    def _serials(self, file: Any) -> list[Read]:
        if file and self.cleaned_data["serials"].strip():
            raise Invalid(Problem(str(_("The serials are said in two ways.")), str(_("Type them or choose a file.")), field="serials"))
        return read_serials(file, name="file") if file else typed(self.cleaned_data["serials"])


class RecordForm(NotifyForm):
    """What came on paper, recorded by an officer for the state that sent it."""

    importer = PartyField(label=_("Importing authority"), among=STATE_BODIES)
    received_from = forms.CharField(label=_("Who sent it"), max_length=200, help_text=_("The office, its letter's number and day."))
    paper = forms.FileField(label=_("The paper as a file"), required=False, help_text=size_hint())

    field_order = ("importer", "received_from", "paper")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sort"].label = _("What is notified")
        cast(PartyField, self.fields["importer"]).choose_from(
            Party.objects.visible_to(user).filter(parent=None).exclude(kind__in=[Party.PERSON, Party.COMPANY]))


class GoodsForm(forms.Form):
    """So many firearms of a type and calibre."""

    firearm_type = forms.ChoiceField(label=_("Type"))
    calibre = forms.ChoiceField(label=_("Calibre"))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["firearm_type"].choices = [("", _("choose")), *reference.choices("firearm_types")]
        self.fields["calibre"].choices = [("", _("choose")), *reference.choices("calibres")]

    def goods(self) -> GoodsStated:
        return GoodsStated(**self.cleaned_data)


GoodsForms = forms.formset_factory(GoodsForm, extra=3, max_num=50)


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Why it is taken back"), widget=forms.Textarea(attrs={"rows": 2}))
