"""Forms of certificates. What they take is checked again by the actions; here are labels, choices and hints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from enduse import clock, reference
from enduse.certificates import states
from enduse.certificates.actions import CertificateWords
from enduse.certificates.models import Certificate, CertificateCheck, Challenge, Inquiry, InquiryAnswer, Paper
from enduse.certificates.queries import Element
from enduse.documents.models import Document

NEEDS = {"must": _("it must hold this"), "should": _("it should hold this"), "if any": _("where there are any")}


class CertificatesFilter(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("any")), *states.NAMES.items()])
    source = forms.ChoiceField(label=_("Comes from"), required=False, choices=[("", _("any")), *Certificate.SOURCES])
    search = forms.CharField(label=_("Number, issuer, end user or application"), required=False)


@dataclass(frozen=True)
class ElementRow:
    """One element with the two fields that answer it, in the words of the questions of an assessment."""

    code: str
    text: str
    basis: str
    evidence: str
    level: BoundField
    reason: BoundField


class CheckForm(forms.Form):
    """One question an element: yes, no, does not apply; with a note where one is needed."""

    note = forms.CharField(label=_("What else the check showed"), widget=forms.Textarea, required=False)

    def __init__(self, *args: Any, elements: Sequence[Element], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.elements = elements
        for each in elements:
            read = "" if each.found is None else CertificateCheck.YES if each.found else CertificateCheck.NO
            self.fields[f"answer_{each.code}"] = forms.ChoiceField(
                label=each.text, choices=CertificateCheck.ANSWERS, widget=forms.RadioSelect, initial=each.answer or read, required=False)
            self.fields[f"note_{each.code}"] = forms.CharField(label=_("Note"), required=False, max_length=500, initial=each.note)

    def element_rows(self) -> Iterator[ElementRow]:
        for each in self.elements:
            read = "" if each.found is None else str(_("The program finds it.") if each.found else _("The program does not find it."))
            yield ElementRow(each.code, each.text, str(NEEDS[each.need]), read, self[f"answer_{each.code}"], self[f"note_{each.code}"])

    def answers(self) -> dict[str, dict[str, str]]:
        given = self.cleaned_data
        return {each.code: {"answer": given[f"answer_{each.code}"], "note": given[f"note_{each.code}"]} for each in self.elements}


class InquireForm(forms.Form):
    channel = forms.ChoiceField(label=_("By which channel"), choices=[*Inquiry.CHANNELS, ("applicant", _("the address that the applicant gave"))],
                                widget=forms.RadioSelect)
    asked_whom = forms.CharField(label=_("Who is asked"), max_length=200, help_text=_("Office and person at the issuing authority."))
    found_in = forms.CharField(label=_("Where that address comes from"), max_length=300,
                               help_text=_("A directory, a treaty's list of contact points, our own file: never the certificate itself."))
    asked_on = forms.DateField(label=_("Asked on"), initial=clock.today)


class AnswerInquiryForm(forms.Form):
    outcome = forms.ChoiceField(label=_("What the issuer says"), choices=InquiryAnswer.OUTCOMES, widget=forms.RadioSelect)
    answered_by = forms.CharField(label=_("Who answered"), max_length=200, required=False)
    answered_on = forms.DateField(label=_("Answered on"), initial=clock.today)
    note = forms.CharField(label=_("In what words"), widget=forms.Textarea, required=False)


class ChallengeForm(forms.Form):
    sort = forms.ChoiceField(label=_("What stands against it"), choices=Challenge.SORTS, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("What was learnt, and from whom"), widget=forms.Textarea)
    effective_on = forms.DateField(label=_("Since"), initial=clock.today)

    def __init__(self, *args: Any, certificate: Certificate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if certificate.source == Certificate.ISSUED:
            self.fields["sort"].choices = [each for each in Challenge.SORTS if each[0] == Challenge.RECALLED]  # type: ignore[attr-defined]
            self.fields["sort"].initial = Challenge.RECALLED


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea)


class LineForm(forms.Form):
    """One line of a paper: what and how many."""

    firearm_type = forms.ChoiceField(label=_("Type"))
    make = forms.ChoiceField(label=_("Make"), required=False)
    model = forms.CharField(label=_("Model"), max_length=60, required=False)
    calibre = forms.ChoiceField(label=_("Calibre"))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, table, empty in (("firearm_type", "firearm_types", _("choose")), ("make", "makes", _("any")), ("calibre", "calibres", _("choose"))):
            self.fields[name].choices = [("", empty), *reference.choices(table)]  # type: ignore[attr-defined]


LineForms = forms.formset_factory(LineForm, extra=3, max_num=200)


class IssueForm(forms.Form):
    number = forms.CharField(label=_("Certificate number"), max_length=60)
    issuer = forms.CharField(label=_("Issuing authority"), max_length=200, help_text=_("By the name under which other states trust its key."))
    signatory = forms.CharField(label=_("Signed by"), max_length=200, help_text=_("Name and office."))
    issued_on = forms.DateField(label=_("Issued on"), initial=clock.today)
    expires_on = forms.DateField(label=_("Expires on"))
    single_use = forms.BooleanField(label=_("It is for a single use"), required=False, initial=True)
    end_user = forms.CharField(label=_("End user"), max_length=200)
    country = forms.CharField(label=_("Country of destination"), max_length=2, help_text=_("Two letters, such as MX."))
    purpose = forms.CharField(label=_("Purpose"), widget=forms.Textarea)
    no_reexport = forms.BooleanField(label=_("It assures that nothing is passed on or re-exported without consent"), required=False, initial=True)
    consents_to_checks = forms.BooleanField(label=_("It accepts checks on site"), required=False, initial=True)
    verifies_delivery = forms.BooleanField(label=_("It promises proof of delivery"), required=False, initial=True)
    barred_regions = forms.CharField(label=_("Regions that it bars"), required=False, help_text=_("Separated by commas."))
    barred_bodies = forms.CharField(label=_("Bodies that it bars"), required=False, help_text=_("Separated by commas."))

    def words(self, lines: Sequence[dict[str, Any]]) -> CertificateWords:
        given = dict(self.cleaned_data)
        for name in ("barred_regions", "barred_bodies"):
            given[name] = [part.strip() for part in given[name].split(",") if part.strip()]
        given["country"] = given["country"].upper()
        return CertificateWords(**given, lines=lines, quantity=sum(line["quantity"] for line in lines) or None)


class TakeFileForm(forms.Form):
    file = forms.FileField(label=_("The issuer's signed file"), help_text=_("As the issuing authority exported it; it is verified before anything is saved."))


class KeyForm(forms.Form):
    issuer = forms.CharField(label=_("Issuing authority"), max_length=200, help_text=_("By the name that stands on its certificates."))
    country = forms.CharField(label=_("Country"), max_length=2, help_text=_("Two letters, such as MX."))
    vkey = forms.CharField(label=_("Public key of its log"), widget=forms.Textarea, help_text=_("The whole line, as its site publishes it under /log/key."))
    obtained = forms.CharField(label=_("How the key came to us"), widget=forms.Textarea,
                               help_text=_("Handed over by whom, compared how: all later proof rests on this."))


class PaperForm(forms.Form):
    sort = forms.ChoiceField(label=_("Paper"), choices=Paper.SORTS)
    number = forms.CharField(label=_("Number"), max_length=60)
    issuer = forms.CharField(label=_("Issued by"), max_length=200)
    issued_on = forms.DateField(label=_("Issued on"))
    end_user = forms.CharField(label=_("End user as the paper names it"), max_length=200)
    country = forms.CharField(label=_("Country of destination"), max_length=2, help_text=_("Two letters, such as MX."))
    document = forms.ModelChoiceField(label=_("The paper as a file"), queryset=Document.objects.none(), required=False,
                                      help_text=_("One of the documents attached to this application."))

    def __init__(self, *args: Any, documents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = documents  # type: ignore[attr-defined]
