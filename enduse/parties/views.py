"""Pages of parties: the directory, one party with its record and its tree, registering, changing, personnel."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import needs, sees_noun
from enduse.accounts.actions import note_read
from enduse.accounts.permissions import may
from enduse.pages import attempt, csv_download, page_of, say, visible_or_404
from enduse.parties import actions, choosing, queries
from enduse.parties.forms import AddressEndForm, AddressForm, ChangeForm, LinkEndForm, LinkForm, MemberForm, PartiesFilter, PartyForm, PersonnelForm
from enduse.parties.models import Party, party_of
from enduse.parties.record import in_words

MEASURED_KINDS = {Party.ARMED_FORCE, Party.POLICE, Party.STATE_BODY}


def find(request: HttpRequest, pk: int) -> Party:
    return visible_or_404(Party.objects.visible_to(request.user).select_related("parent"), pk=pk)


@sees_noun("party")
@require_GET
def parties(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    rows = queries.parties(
        request.user, kind=asked.get("kind", ""), country=asked.get("country", ""), search=asked.get("search", ""),
        with_units=bool(asked.get("with_units")))
    if asked.get("format") == "csv":
        note_read(request.user, "party", "export of the directory")
        return csv_download("parties", ["id", "name", "kind", "country", "region", "unit_of"], (
            [each.pk, each.name, each.kind, each.country, each.region, each.parent.name if each.parent else ""] for each in rows))
    return render(request, "parties/parties.html", {"page": page_of(request, rows), "filter_form": PartiesFilter(asked or None), "export": True})


@sees_noun("party")
@require_GET
def names(request: HttpRequest) -> HttpResponse:
    """What a field that asks for a party offers for what was typed: `field` is its name, `among` its choice."""
    typed = request.GET.get(request.GET.get("field", ""), "")
    return HttpResponse(choosing.options(choosing.offered(request.user, typed, request.GET.get("among", choosing.ANY))))


@sees_noun("party")
@require_GET
def party(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    if found.kind == Party.PERSON:
        note_read(request.user, "party", f"person {found.pk}")
    own = party_of(request.user)
    measured = queries.sees_record(request.user, found)
    return render(request, "parties/party.html", {
        "party": found, "tree": queries.tree_around(request.user, found), "links": queries.links_of(request.user, found),
        "ended_links": queries.links_of(request.user, found, ended=True),
        "addresses": queries.addresses_of(request.user, found), "ended_addresses": queries.addresses_of(request.user, found, ended=True),
        "record": in_words(queries.record_of(found)) if measured and found.kind in MEASURED_KINDS else [],
        "reports": queries.personnel_reports(found) if measured else [],
        "members": queries.members_of(request.user, found),
        "reports_personnel": may(request.user, "parties.report_personnel") and own is not None and own.end_user_id == found.end_user_id,
    })


@needs("parties.register")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = PartyForm(request.POST or None, user=request.user, initial={"parent": request.GET.get("parent")})
    if request.method == "POST" and form.is_valid():
        made = attempt(request, form, lambda: actions.register(by=request.user, **form.cleaned_data))
        if made is not None:
            say(request, _("%s was registered.") % made)
            return redirect("parties:party", made.pk)
    return render(request, "parties/new.html", {"form": form})


@needs("parties.register")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    found = find(request, pk)
    form = ChangeForm(request.POST or None, initial={name: getattr(found, name) for name in ChangeForm.base_fields})
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.change(found, by=request.user, **form.cleaned_data))
        if done is not None:
            say(request, _("%s was changed. It must be screened again.") % done)
            return redirect("parties:party", pk)
    return render(request, "parties/change.html", {"form": form, "party": found})


@needs("parties.register")
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who owns or runs a party."""
    found = find(request, pk)
    form = LinkForm(request.POST or None, user=request.user, party=found)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.link(found, by=request.user, **form.cleaned_data))
        if done is not None:
            say(request, _("%(holder)s was recorded. Whoever owns or runs a party is screened with it.") % {"holder": done.holder})
            return redirect("parties:party", pk)
    return render(request, "parties/link.html", {"form": form, "party": found, "links": queries.links_of(request.user, found)})


@needs("parties.register")
@require_http_methods(["GET", "POST"])
def end_link(request: HttpRequest, pk: int, link_pk: int) -> HttpResponse:
    found = find(request, pk)
    ending = visible_or_404(queries.links_of(request.user, found), pk=link_pk)
    form = LinkEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.end_link(ending, by=request.user, **form.cleaned_data))
        if done is not None:
            say(request, _("The link was ended."))
            return redirect("parties:party", pk)
    return render(request, "parties/end_link.html", {"form": form, "party": found, "link": ending})


@needs("parties.register")
@require_http_methods(["GET", "POST"])
def add_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Say where else a party is."""
    found = find(request, pk)
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.add_address(found, by=request.user, **form.cleaned_data))
        if done is not None:
            say(request, _("The address was recorded. The party must be screened again."))
            return redirect("parties:party", pk)
    return render(request, "parties/address.html", {"form": form, "party": found})


@needs("parties.register")
@require_http_methods(["GET", "POST"])
def end_address(request: HttpRequest, pk: int, address_pk: int) -> HttpResponse:
    found = find(request, pk)
    ending = visible_or_404(queries.addresses_of(request.user, found), pk=address_pk)
    form = AddressEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.end_address(ending, by=request.user, **form.cleaned_data))
        if done is not None:
            say(request, _("The address was ended."))
            return redirect("parties:party", pk)
    return render(request, "parties/end_address.html", {"form": form, "party": found, "address": ending})


@needs("accounts.manage_users")
@require_http_methods(["GET", "POST"])
def add_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who acts for a party."""
    found = find(request, pk)
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(request, form, lambda: actions.add_member(found, form.cleaned_data["user"], by=request.user))
        if done is not None:
            say(request, _("%(user)s acts for %(party)s from now on.") % {"user": done.user, "party": found})
            return redirect("parties:party", pk)
    return render(request, "parties/member.html", {"form": form, "party": found})


@needs("parties.report_personnel")
@require_http_methods(["GET", "POST"])
def personnel(request: HttpRequest, pk: int) -> HttpResponse:
    end_user = find(request, pk).end_user
    units = [place.party for place in queries.tree_around(request.user, end_user)]
    form = PersonnelForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        done = attempt(request, form, lambda: actions.report_personnel(end_user, given["month"], form.lines(), by=request.user))
        if done is not None:
            say(request, _("The month was reported."))
            return redirect("parties:party", pk)
    return render(request, "parties/personnel.html", {"form": form, "party": end_user})
