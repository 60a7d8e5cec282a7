"""Endpoints of parties."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from enduse.accounts.actions import note_read
from enduse.accounts.models import User
from enduse.accounts.permissions import must_see, permit
from enduse.pages import visible_or_404
from enduse.parties import actions, directory, queries
from enduse.parties.models import Party
from enduse.parties.record import in_words
from enduse.refusals import Invalid, Problem

router = Router(tags=["parties"])


class PartyRow(Schema):
    id: int
    name: str
    kind: str
    country: str
    region: str
    parent: int | None = Field(None, alias="parent_id")
    is_importer: bool
    registration: str
    in_directory: bool = Field(description="False: somebody asked about it and no officer registered it yet.")


class RecordLineOut(Schema):
    kind: str
    name: str
    text: str = Field(description="Empty: it was never measured; the note says so.")
    note: str
    rests_on: str
    as_of: date | None


class PartyOut(PartyRow):
    address: str
    changed_at: datetime
    units: list[PartyRow]
    record: list[RecordLineOut] = Field(description="The end user's measured record, with what is missing.")


class LinkOut(Schema):
    id: int = Field(alias="pk")
    holder: int = Field(alias="holder_id")
    holder_name: str = Field(alias="holder.name")
    role: str
    share: Decimal | None
    since: date
    source: str


class LinkIn(Schema):
    holder: int = Field(description="Who owns or runs it: the id of a party.")
    role: str = Field(description="owner, parent, director or agent.")
    share: Decimal | None = Field(None, description="Per cent, where it is known.")
    since: date
    source: str = Field(description="Where it is known from.")


class EndLinkIn(Schema):
    until: date


class AddressOut(Schema):
    id: int = Field(alias="pk")
    use: str
    text: str
    since: date
    source: str


class AddressIn(Schema):
    use: str = Field(description="office, business, store, delivery or post.")
    text: str = Field(description="Street and number, town, post code, country.")
    since: date
    source: str = Field(description="Where it is known from.")


class EndAddressIn(Schema):
    until: date


class Parties(Schema):
    count: int
    items: list[PartyRow]


class Register(Schema):
    name: str = Field(description="Full name.")
    kind: str = Field(description="armed_force, police, state_body, company or person.")
    country: str = Field(description="ISO 3166 code, two letters.")
    parent: int | None = Field(None, description="The party that this one is a unit of.")
    region: str = ""
    address: str = ""
    registration: str = Field("", description="A maker's or broker's number.")
    is_importer: bool = Field(False, description="It buys for others.")
    birth_date: date | None = Field(None, description="Of a person.")
    founded_on: date | None = Field(None, description="Of a company, as its register says.")


class Change(Schema):
    name: str | None = None
    address: str | None = None
    region: str | None = None
    registration: str | None = None


class UnitMonth(Schema):
    unit: int = Field(description="The unit's id.")
    personnel: int = Field(ge=0)
    desertions: int = Field(ge=0)


class PersonnelIn(Schema):
    month: date = Field(description="Any day of the month.")
    lines: list[UnitMonth]


class PersonnelOut(Schema):
    id: int = Field(alias="pk")
    end_user: int = Field(alias="end_user_id")
    month: date


def party_or_404(user: Any, party_id: int) -> Party:
    return visible_or_404(Party.objects.visible_to(user), pk=party_id)


@router.get("/", response=Parties, operation_id="parties.list_parties")
def list_parties(
    request: HttpRequest, kind: str = "", country: str = "", search: str = "", with_units: bool = False,
    limit: int = Query(100, ge=1, le=500), offset: int = Query(0, ge=0),
) -> Any:
    """The directory of parties that you see."""
    must_see(request.user, "party")
    rows = queries.parties(request.user, kind=kind, country=country, search=search, with_units=with_units)
    return {"count": rows.count(), "items": list(rows[offset:offset + limit])}


@router.get("/{int:party_id}", response=PartyOut, operation_id="parties.get_party")
def get_party(request: HttpRequest, party_id: int) -> Any:
    """One party with its units and its end user's measured record."""
    must_see(request.user, "party")
    party = party_or_404(request.user, party_id)
    if party.kind == Party.PERSON:
        note_read(request.user, "party", f"person {party.pk}")
    party.record = in_words(queries.record_of(party)) if queries.sees_record(request.user, party) else []  # type: ignore[attr-defined]
    return party


@router.post("/", response=PartyRow, operation_id="parties.register")
def register(request: HttpRequest, body: Register) -> Any:
    """Register a party, or a unit below another."""
    permit(request.user, "parties.register")
    parent = party_or_404(request.user, body.parent) if body.parent is not None else None
    return actions.register(by=request.user, parent=parent, **body.dict(exclude={"parent"}))


@router.post("/{int:party_id}/change", response=PartyRow, operation_id="parties.change")
def change(request: HttpRequest, party_id: int, body: Change) -> Any:
    """Change a party's name, address, region or registration. It must be screened again."""
    permit(request.user, "parties.register")
    return actions.change(party_or_404(request.user, party_id), by=request.user, **body.dict(exclude_none=True))


@router.post("/{int:party_id}/put-into-directory", response=PartyRow, operation_id="parties.put_into_directory")
def put_into_directory(request: HttpRequest, party_id: int) -> Any:
    """Register a party that somebody asked about: from here on applications may name it."""
    permit(request.user, "parties.register")
    return directory.put_into_directory(party_or_404(request.user, party_id), by=request.user)


@router.get("/{int:party_id}/links", response=list[LinkOut], operation_id="parties.list_links")
def list_links(request: HttpRequest, party_id: int) -> Any:
    """Who owns and runs a party now."""
    must_see(request.user, "party")
    return queries.links_of(request.user, party_or_404(request.user, party_id))


@router.post("/{int:party_id}/links", response=LinkOut, operation_id="parties.link")
def link(request: HttpRequest, party_id: int, body: LinkIn) -> Any:
    """Say who owns or runs a party; they are screened with it."""
    permit(request.user, "parties.register")
    party, holder = party_or_404(request.user, party_id), party_or_404(request.user, body.holder)
    return actions.link(party, holder, by=request.user, **body.dict(exclude={"holder"}))


@router.post("/{int:party_id}/links/{int:link_id}/end", response=LinkOut, operation_id="parties.end_link")
def end_link(request: HttpRequest, party_id: int, link_id: int, body: EndLinkIn) -> Any:
    """The link is no more from a day on."""
    permit(request.user, "parties.register")
    found = visible_or_404(queries.links_of(request.user, party_or_404(request.user, party_id)), pk=link_id)
    return actions.end_link(found, until=body.until, by=request.user).link


@router.get("/{int:party_id}/addresses", response=list[AddressOut], operation_id="parties.list_addresses")
def list_addresses(request: HttpRequest, party_id: int) -> Any:
    """Where else a party is, besides its first address; each is screened."""
    must_see(request.user, "party")
    return queries.addresses_of(request.user, party_or_404(request.user, party_id))


@router.post("/{int:party_id}/addresses", response=AddressOut, operation_id="parties.add_address")
def add_address(request: HttpRequest, party_id: int, body: AddressIn) -> Any:
    """Say where else a party is. It must be screened again."""
    permit(request.user, "parties.register")
    return actions.add_address(party_or_404(request.user, party_id), by=request.user, **body.dict())


@router.post("/{int:party_id}/addresses/{int:address_id}/end", response=AddressOut, operation_id="parties.end_address")
def end_address(request: HttpRequest, party_id: int, address_id: int, body: EndAddressIn) -> Any:
    """The party is there no more from a day on."""
    permit(request.user, "parties.register")
    found = visible_or_404(queries.addresses_of(request.user, party_or_404(request.user, party_id)), pk=address_id)
    return actions.end_address(found, until=body.until, by=request.user).address


@router.post("/{int:party_id}/personnel", response=PersonnelOut, operation_id="parties.report_personnel")
def report_personnel(request: HttpRequest, party_id: int, body: PersonnelIn) -> Any:
    """Report how many served and deserted in each unit in one month."""
    permit(request.user, "parties.report_personnel")
    end_user = party_or_404(request.user, party_id)
    units = {unit.pk: unit for unit in Party.objects.visible_to(request.user).below(end_user)}
    for row, line in enumerate(body.lines, start=1):
        if line.unit not in units:
            raise Invalid(Problem(_("There is no such unit."), _("Use the id of a unit of yours."), row=row, field="unit", found=str(line.unit)))
    lines = [(units[line.unit], line.personnel, line.desertions) for line in body.lines]
    return actions.report_personnel(end_user, body.month, lines, by=request.user)


@router.post("/{int:party_id}/members", response=PartyRow, operation_id="parties.add_member")
def add_member(request: HttpRequest, party_id: int, username: str = Query(description="Who acts for the party from now on.")) -> Any:
    """Say which party a user acts for."""
    permit(request.user, "accounts.manage_users")
    user = User.objects.filter(username=username).first()
    if user is None:
        raise Invalid(Problem(_("There is no such user."), _("Make the user first."), field="username", found=username))
    party = party_or_404(request.user, party_id)
    actions.add_member(party, user, by=request.user)
    return party
