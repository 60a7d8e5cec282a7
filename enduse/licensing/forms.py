"""Forms of licensing. What they take is checked again by the actions; here are labels, choices and hints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.licensing import conditions, control_lists, kinds
from enduse.licensing.actions import CertificateGiven, LineAsked
from enduse.licensing.actions.capacities import applies_for
from enduse.licensing.chain import ChainAsked
from enduse.licensing.models import Application, Licence, Recommendation
from enduse.parties.choosing import BODIES, PartiesField, PartyField
from enduse.parties.models import Party, party_of


class LicencesFilter(forms.Form):
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("any")), ("live", _("not ended")), ("proposed", _("a change is proposed")), *Licence.STATES])
    search = forms.CharField(label=_("Reference or end user"), required=False)


class KindCards(forms.RadioSelect):
    """The kinds of licence, each with what it asks: by it the page shows only the fields of the kind that is chosen. None said: individual."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return super().value_from_datadict(data, files, name) or kinds.INDIVIDUAL

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["data-asks"] = " ".join(sorted(kinds.asks(str(value))))
        return option


class ApplicationForm(forms.Form):
    """Who, where to, what for, and the end-use certificate. The lines stand in `LineForm`s beside it."""

    kind = forms.ChoiceField(label=_("Kind of licence"), widget=KindCards, help_text=_("Choose it first: what each kind asks stands below."))
    capacity = forms.ChoiceField(label=_("You apply as"), choices=Application.CAPACITIES, widget=forms.RadioSelect)
    seller = PartyField(label=_("Seller"), among=BODIES, required=False,
                                    help_text=_("Empty: an exporter sells itself, a buying government may buy from any registered maker. "
                                                "Of a transit or a brokered sale: whoever sells, also abroad."))
    end_user = PartyField(label=_("End user"),
                                      help_text=_("Who will hold the firearms and answers for them."))
    consignee = PartyField(label=_("Consignee"),
                                       help_text=_("Who receives them; often the end user itself."))
    country = forms.CharField(label=_("Country of destination"), max_length=2, help_text=_("Two letters, such as MX."))
    purpose = forms.CharField(label=_("Purpose"), widget=forms.Textarea, help_text=_("Who will use the firearms, where and for what."))
    intermediaries = PartiesField(
        label=_("Brokers and agents"), required=False, help_text=_("Everyone who stands between seller and end user."))
    ultimate_end_users = PartiesField(label=_("Ultimate end users"), required=False, help_text=_("Whom the end user passes the firearms on to by its own certificate."))
    further_consignees = PartiesField(label=_("Further consignees"), required=False, help_text=_("Who receives them on the way besides the consignee."))
    carriers = PartiesField(label=_("Carriers"), required=False, among=BODIES, help_text=_("Who carries them, as far as it is known."))
    payer = PartyField(label=_("Who pays"), required=False, help_text=_("Empty: the end user or the applicant."))
    transit_countries = forms.CharField(label=_("Countries on the way"), required=False, help_text=_("Two letters each, separated by commas."))
    return_by = forms.DateField(label=_("Back by"), required=False, help_text=_("Of a temporary export: the day by which every firearm is back with its seller."))
    origin_country = forms.CharField(label=_("Country that the firearms come from"), max_length=2, required=False,
                                     help_text=_("Of a re-export, a transit or a brokered sale; two letters."))
    consent = forms.CharField(label=_("Consent of the state that exported first"), max_length=120, required=False,
                              help_text=_("Of a re-export: number and day of its written consent."))
    recipients = PartiesField(label=_("Other recipients"), required=False, among=BODIES, help_text=_(
        "Of an open export: end users besides the one above. Named ones alone may receive; none named: whoever is registered in the countries listed."))
    destinations = forms.CharField(label=_("Other destinations"), required=False,
                                   help_text=_("Of an open export: two letters of each country, separated by commas."))
    number = forms.CharField(label=_("Certificate number"), max_length=60, required=False)
    issuer = forms.CharField(label=_("Issued by"), max_length=200, required=False)
    signatory = forms.CharField(label=_("Signed by"), max_length=200, required=False, help_text=_("Name and office."))
    issued_on = forms.DateField(label=_("Issued on"), required=False)
    expires_on = forms.DateField(label=_("Expires on"), required=False)
    single_use = forms.BooleanField(label=_("It is for a single use"), required=False, initial=True)
    quantity = forms.IntegerField(label=_("Firearms that it covers"), min_value=1, required=False,
                                  help_text=_("As the certificate states it; needed where it is for several applications."))
    no_reexport = forms.BooleanField(label=_("It assures that nothing is passed on or re-exported without consent"), required=False)
    consents_to_checks = forms.BooleanField(label=_("It accepts checks on site"), required=False)
    verifies_delivery = forms.BooleanField(label=_("It promises proof of delivery"), required=False)
    barred_regions = forms.CharField(label=_("Regions that it bars"), required=False,
                                     help_text=_("Separated by commas, as the certificate names them."))
    barred_parties = PartiesField(label=_("Bodies that it bars"), required=False)
    file = forms.FileField(label=_("The certificate as a file"), required=False, help_text=_("PDF or picture. Its hash goes into the log."))

    MAIN = ("kind", "capacity", "seller", "end_user", "consignee", "country", "purpose", "ultimate_end_users", "further_consignees", "intermediaries",
            "carriers", "payer", "transit_countries",
            "return_by", "origin_country", "consent", "recipients", "destinations")
    ASKED_BY_SOME = {"return_by": "return_by", "origin_country": "origin_country", "consent": "consent", "recipients": "recipients",
                     "destinations": "recipients"}  # field -> what a kind asks, as its row says
    IN_CHAIN = ("ultimate_end_users", "further_consignees", "carriers")
    OF_KIND = ("kind", "return_by", "origin_country", "consent", "recipients", "destinations")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = self._nameable(user).select_related("parent")
        for name in ("end_user", "consignee", "intermediaries", "payer", "barred_parties", "ultimate_end_users", "further_consignees"):
            cast(PartyField, self.fields[name]).choose_from(seen)
        cast(PartyField, self.fields["recipients"]).choose_from(seen.filter(parent=None).exclude(kind=Party.PERSON))
        self.fields["kind"].choices = [(entry.code, format_html(  # type: ignore[attr-defined]
            "<strong>{}</strong> <small>{}</small>", capfirst(entry.text), rule)) for entry, rule in kinds.rules()]
        self.initial.setdefault("kind", kinds.INDIVIDUAL)
        cast(PartyField, self.fields["carriers"]).choose_from(seen.exclude(kind=Party.PERSON))
        cast(PartyField, self.fields["seller"]).choose_from(Party.objects.directory().exclude(kind=Party.PERSON))
        own = party_of(user)
        if own is not None and not self.is_bound:
            carried = next((kind for kind in reference.table(kinds.TABLE) if applies_for(kind) == Application.CARRIER), None)
            if carried is not None and own.kind == Party.COMPANY and not own.registration and "capacity" not in self.initial:
                # A company that is registered for nothing asks only for what it carries through.
                self.initial |= {"kind": carried, "capacity": Application.CARRIER}
            self.initial.setdefault("capacity", Application.EXPORTER if own.is_registered_maker else Application.BUYING_GOVERNMENT)
            if own.kind != Party.COMPANY:
                self.initial.setdefault("end_user", own.pk)
                self.initial.setdefault("consignee", own.pk)
                self.initial.setdefault("country", own.country)

    def _nameable(self, user: User) -> QuerySet[Party]:
        """Whom the user may see, and whoever stands in what is edited already: its applicant reads them there."""
        named = [self.initial.get(name) for name in ("end_user", "consignee", "payer")]
        named += [party for name in ("intermediaries", "barred_parties", "recipients", *self.IN_CHAIN) for party in self.initial.get(name) or ()]
        keys = {each.pk if isinstance(each, Party) else each for each in named if each}
        seen = Party.objects.visible_to(user)
        return Party.objects.filter(Q(pk__in=seen.order_by().values("pk")) | Q(pk__in=keys)) if keys else seen

    def main_fields(self) -> Iterator[tuple[BoundField, str]]:
        """Each field, with what a kind of licence must ask for it to be shown; '': every kind asks it."""
        return ((self[name], self.ASKED_BY_SOME.get(name, "")) for name in self.MAIN)

    def certificate_fields(self) -> Iterator[BoundField]:
        return (self[name] for name in self.fields if name not in self.MAIN)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("number") or given.get("issuer"):
            for name in ("number", "issuer", "signatory", "issued_on", "expires_on"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("A certificate has this: copy it from there."))
        return given

    def certificate(self, file_sha256: str = "") -> CertificateGiven | None:
        given = self.cleaned_data
        if not given["number"]:
            return None
        regions = [part.strip() for part in given["barred_regions"].split(",") if part.strip()]
        kept = {name: given[name] for name in (
            "number", "issuer", "signatory", "issued_on", "expires_on", "no_reexport", "consents_to_checks", "verifies_delivery", "single_use",
            "quantity")}
        # A box that nobody ticked and no quantity beside it: a form that does not ask, so the certificate is for this use.
        kept["single_use"] = kept["single_use"] or kept["quantity"] is None
        return CertificateGiven(**kept, barred_regions=regions, barred_parties=list(given["barred_parties"]), file_sha256=file_sha256)

    def asked(self, lines: list[LineAsked], file_sha256: str = "") -> dict[str, Any]:
        given = self.cleaned_data
        kind = kinds.KindAsked(given["kind"], given["return_by"], given["origin_country"], given["consent"],
                               tuple(given["recipients"]), tuple(given["destinations"].split(",")))
        return {name: given[name] for name in self.MAIN if name not in self.OF_KIND + self.IN_CHAIN} | {
            "others": ChainAsked(*(tuple(given[name]) for name in self.IN_CHAIN)),
            "transit_countries": given["transit_countries"].split(","), "kind": kind, "lines": lines, "certificate": self.certificate(file_sha256)}


class LineForm(forms.Form):
    firearm_type = forms.ChoiceField(label=_("Type"))
    make = forms.ChoiceField(label=_("Make"), required=False)
    model = forms.CharField(label=_("Model"), max_length=60, required=False)
    calibre = forms.ChoiceField(label=_("Calibre"))
    automatic = forms.TypedChoiceField(label=_("Automatic"), required=False, coerce=lambda text: text == "yes", empty_value=None,
                                       choices=[("", _("by type")), ("yes", _("yes")), ("no", _("no"))])
    control_entry = forms.ChoiceField(label=_("Control list"), required=False)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1)
    unit_value = forms.DecimalField(label=_("USD each"), min_value=0, decimal_places=2, max_digits=12, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, table, empty in (("firearm_type", "firearm_types", _("choose")), ("make", "makes", _("any")), ("calibre", "calibres", _("choose"))):
            self.fields[name].choices = [("", empty), *reference.choices(table)]  # type: ignore[attr-defined]
        self.fields["control_entry"].choices = [("", _("by type")), *control_lists.choices(clock.today())]  # type: ignore[attr-defined]

    def line(self) -> LineAsked:
        given = self.cleaned_data
        cents = int((given["unit_value"] or 0) * 100)
        return LineAsked(given["firearm_type"], given["calibre"], given["quantity"], cents, given["make"], given["model"], given["automatic"],
                         given["control_entry"])


LineForms = forms.formset_factory(LineForm, extra=3, max_num=200)


@dataclass(frozen=True)
class ConditionRow:
    """One condition that may be attached: its box, its sentence and the values that it needs."""

    code: str
    text: str
    chosen: BoundField
    values: list[BoundField]


class RecommendForm(forms.Form):
    outcome = forms.ChoiceField(label=_("You recommend to"), choices=Recommendation.OUTCOMES, widget=forms.RadioSelect)
    reason_codes = forms.MultipleChoiceField(label=_("Reasons"), required=False, widget=forms.CheckboxSelectMultiple,
                                             help_text=_("Of a denial, or of a return without action."))
    note = forms.CharField(label=_("Note to the countersigner"), required=False, widget=forms.Textarea)

    VALUE_NAMES = {
        "quantity": _("firearms"), "days": _("days"), "months": _("months"), "hours": _("hours"), "share": _("part"), "ratio": _("old for each new"),
        "units": _("units"), "standard": _("standard"), "route": _("route and carrier"), "states": _("states"), "value": _("US dollars"), "on": _("day"),
        "text": _("words")}
    KIND_NAMES = {"int": _("number"), "share": _("share, 0 to 1"), "text": _("in words"), "date": _("date")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason_codes"].choices = reference.choices("denial_reasons")  # type: ignore[attr-defined]
        for code in reference.table("licence_conditions"):
            self.fields[f"conditions.{code}"] = forms.BooleanField(label=code, required=False)
            for name, kind in conditions.asked_for(code).items():
                self.fields[f"conditions.{code}.{name}"] = forms.CharField(
                    label=f"{self.VALUE_NAMES.get(name, name)} ({self.KIND_NAMES[kind]})", required=False, initial=conditions.defaults_of(code).get(name))

    def condition_rows(self) -> list[ConditionRow]:
        return [
            ConditionRow(code, entry.text.format(**{name: f"‹{self.VALUE_NAMES.get(name, name)}›" for name in conditions.asked_for(code)}), self[f"conditions.{code}"],
                         [self[f"conditions.{code}.{name}"] for name in conditions.asked_for(code)])
            for code, entry in reference.table("licence_conditions").items()
        ]

    def point_at_values(self) -> None:
        """Put what was found wrong with a condition beside its value: the action tells its row, the page shows no rows."""
        chosen = self.recommended()["conditions"]
        for problem in getattr(self, "by_field", ()):
            name = str(problem.field or "").removeprefix("conditions.")
            field = f"conditions.{chosen[problem.row - 1]['code']}.{name}" if problem.row else ""
            if field in self.fields:
                self.add_error(field, f"{problem.reason} {problem.remedy}")

    def recommended(self) -> dict[str, Any]:
        given = self.cleaned_data
        chosen = [
            {"code": code, "parameters": {name: given[f"conditions.{code}.{name}"] for name in conditions.asked_for(code)}}
            for code in reference.table("licence_conditions") if given[f"conditions.{code}"]
        ]
        return {"outcome": given["outcome"], "reason_codes": given["reason_codes"], "note": given["note"], "conditions": chosen}


class DecideForm(forms.Form):
    recommendation = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea)


class HoldForm(forms.Form):
    because = forms.CharField(label=_("What was learnt"), widget=forms.Textarea)
    source = forms.CharField(label=_("Reference of what was learnt"), required=False, max_length=40)


class VerifyForm(forms.Form):
    reference = forms.CharField(label=_("Licence"), max_length=20, help_text=_("Such as L-2011-0042."))
    code = forms.CharField(label=_("Code"), max_length=8, help_text=_("The eight characters printed beside it."))


class ListForm(forms.Form):
    file = forms.FileField(label=_("List file"), help_text=_(
        "As its publisher gives it. A list of several tables, such as SDN with its addresses and aliases, in one ZIP archive."))
    format = forms.ChoiceField(label=_("Format"), required=False, choices=[
        ("", _("tell by its content")), ("zip", _("a ZIP archive of one list")), ("ofac-csv", "OFAC SDN, Consolidated (CSV)"),
        ("ofac-xml", "OFAC SDN, Consolidated (XML)"), ("ofac-adv-xml", "OFAC SDN, Consolidated (advanced XML)"), ("un-xml", "UN Security Council (XML)"), ("eu-xml", "EU (XML)"), ("eu-csv", "EU (CSV)"),
        ("uk-xml", "UK Sanctions List (XML)"), ("uk-csv", "UK Sanctions List (CSV)"), ("uk-ofsi-xml", "UK OFSI ConList (XML)"),
        ("uk-ofsi-csv", "UK OFSI ConList (CSV)"), ("ftm-jsonl", "FollowTheMoney (JSON lines)"), ("csv", _("a CSV of your own"))])
    source = forms.CharField(label=_("Name of the list"), required=False, max_length=40, help_text=_("Empty: its publisher, or its file's name."))
    shrunk = forms.BooleanField(label=_("The publisher took many entries off"), required=False,
                                help_text=_("Only when you were told that the file is much shorter than the current list."))
    id_column = forms.CharField(label=_("Column of the entry's id"), required=False, help_text=_("Only for a CSV of your own."))
    name_column = forms.CharField(label=_("Column of the name"), required=False)
    schema_column = forms.CharField(label=_("Column of the kind"), required=False, help_text=_("Or =Person, =Company for all rows."))

    def mapping(self) -> dict[str, str] | None:
        given = self.cleaned_data
        told = {"id": given["id_column"], "name": given["name_column"], "schema": given["schema_column"]}
        return {name: column for name, column in told.items() if column} or None
