"""What is done to parties: registered, given members, counted in personnel, measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.codes import note_country
from enduse.ledger.actions import record
from enduse.parties.models import (
    Link,
    LinkEnd,
    Membership,
    Party,
    PartyAddress,
    PartyAddressEnd,
    PersonnelLine,
    PersonnelReport,
    RecordLine,
    party_of,
)
from enduse.refusals import Invalid, Problem, Problems, Refused

LONGEST_ADDRESS = 300
MOST_SERVING = 10_000_000


def register(
    *, name: str, kind: str, country: str, by: User | None, parent: Party | None = None, region: str = "", address: str = "",
    registration: str = "", is_importer: bool = False, birth_date: date | None = None, founded_on: date | None = None,
) -> Party:
    """A new party, or a unit below `parent`. `by` is None only when an installation loads its demonstration."""
    if by is not None:
        permit(by, "parties.register")
    if not name.strip():
        raise Invalid(Problem(_("A party has a name."), _("Write it."), field="name"))
    if kind not in dict(Party.KINDS):
        raise Invalid(Problem(_("There is no such kind of party."), _("Choose one of: %s.") % ", ".join(dict(Party.KINDS)), field="kind", found=kind))
    problems = Problems()
    note_country(problems, country, "country")
    problems.raise_if_any()
    party = Party(
        name=name.strip(), kind=kind, country=country.upper(), parent=parent, region=region, address=address,
        registration=registration, is_importer=is_importer, birth_date=birth_date, founded_on=founded_on,
    )
    try:
        with transaction.atomic():
            party.save()
            party.path = f"{parent.path if parent else '/'}{party.pk}/"
            party.save(update_fields=["path"])
    except IntegrityError as error:
        raise Invalid(Problem(_("A party of this name is registered there already."), _("Use that one."), field="name", found=name)) from error
    return party


def change(party: Party, *, by: User, **fields: str) -> Party:
    """Change a party's name or address. Its screening no longer counts: it must be screened again."""
    permit(by, "parties.register")
    allowed = {"name", "address", "region", "registration"}
    if unknown := set(fields) - allowed:
        raise Invalid(Problem(_("This cannot be changed."), field=", ".join(sorted(unknown))))
    if not fields.get("name", party.name).strip():
        raise Invalid(Problem(_("A party has a name."), _("Write it."), field="name"))
    renamed = "name" in fields and fields["name"].strip() != party.name
    for field, value in fields.items():
        setattr(party, field, value.strip())
    party.changed_at = clock.now()
    party.renamed_at = party.changed_at if renamed else party.renamed_at
    try:
        with transaction.atomic():
            party.save(update_fields=[*fields, "changed_at", "renamed_at"])
    except IntegrityError as error:
        raise Invalid(Problem(_("A party of this name is registered there already."), _("Use that one."), field="name", found=party.name)) from error
    return party


def link(
    party: Party, holder: Party, *, role: str, since: date, source: str, by: User, share: Decimal | None = None,
) -> Link:
    """Say who owns or runs a party, since when, and who says so. Both are screened from then on."""
    permit(by, "parties.register")
    problems = Problems()
    if role not in dict(Link.ROLES):
        problems.add(_("There is no such role."), _("Choose one of: %s.") % ", ".join(dict(Link.ROLES)), field="role", found=role)
    if holder == party:
        problems.add(_("A party does not own or run itself."), _("Choose another."), field="holder")
    if share is not None and not 0 < share <= 100:
        problems.add(_("A share is above 0 and at most 100 per cent."), _("Leave it empty where it is not known."), field="share", found=str(share))
    if since > clock.today():
        problems.add(_("The day is still to come."), _("Say since when it has been so."), field="since", found=str(since))
    if not source.strip():
        problems.add(_("A link says where it is known from."), _("Name the register, the document or the statement."), field="source")
    problems.raise_if_any()
    share = share.quantize(Decimal("0.01")) if share is not None else None
    with transaction.atomic():
        Party.objects.select_for_update().get(pk=party.pk)
        live = list(Link.objects.filter(party=party, end=None))
        if any(each.holder_id == holder.pk and each.role == role for each in live):
            raise Refused(_("%(holder)s is recorded as %(role)s already."), _("End that link first if its share or its day changed."),
                          holder=str(holder), role=dict(Link.ROLES)[role])
        held = sum((each.share for each in live if each.role == Link.OWNER and each.share is not None), Decimal(0))
        if role == Link.OWNER and share is not None and held + share > 100:
            raise Refused(_("With this share the owners would hold %(sum)s per cent."), _("End the link that changed, then record this one."), sum=held + share)
        return record(Link(party=party, holder=holder, role=role, share=share, since=since, source=source.strip()[:200]), by=by)


def end_link(link: Link, *, until: date, by: User) -> LinkEnd:
    """The link is no more from this day on; it stays in the history."""
    permit(by, "parties.register")
    if not link.since <= until <= clock.today():
        raise Invalid(Problem(_("A link ends after it began, and not in the future."), _("It began on %s.") % link.since, field="until", found=str(until)))
    with transaction.atomic():
        link = Link.objects.select_for_update().get(pk=link.pk)
        if LinkEnd.objects.filter(link=link).exists():
            raise Refused(_("This link was ended already."), _("Record a new one if it began again."))
        return record(LinkEnd(link=link, until=until), by=by)


def add_address(party: Party, *, use: str, text: str, since: date, source: str, by: User) -> PartyAddress:
    """Say where else a party is, since when, and who says so. It is screened from then on."""
    permit(by, "parties.register")
    text = " ".join(text.split())
    problems = Problems()
    if use not in dict(PartyAddress.USES):
        problems.add(_("There is no such use of an address."), _("Choose one of: %s.") % ", ".join(dict(PartyAddress.USES)), field="use", found=use)
    if not any(letter.isalnum() for letter in text):
        problems.add(_("An address says where the party is."), _("Write street and number, town and country."), field="text")
    elif len(text) > LONGEST_ADDRESS:
        problems.add(_("An address has at most %d letters.") % LONGEST_ADDRESS, _("Write one address; record the others apart."), field="text", found=text)
    if since > clock.today():
        problems.add(_("The day is still to come."), _("Say since when it has been so."), field="since", found=str(since))
    if not source.strip():
        problems.add(_("An address says where it is known from."), _("Name the register, the document or the statement."), field="source")
    problems.raise_if_any()
    with transaction.atomic():
        party = Party.objects.select_for_update().get(pk=party.pk)
        live = PartyAddress.objects.filter(party=party, end=None).values_list("text", flat=True)
        if text.casefold() in {each.casefold() for each in (*live, party.address)}:
            raise Refused(_("This address of the party is recorded already."), _("End it first if its use or its day changed."))
        return record(PartyAddress(party=party, use=use, text=text, since=since, source=source.strip()[:200]), by=by)


def end_address(address: PartyAddress, *, until: date, by: User) -> PartyAddressEnd:
    """The party is there no more from this day on; the address stays in the history."""
    permit(by, "parties.register")
    if not address.since <= until <= clock.today():
        raise Invalid(Problem(
            _("An address ends after it began, and not in the future."), _("It began on %s.") % address.since, field="until", found=str(until)))
    with transaction.atomic():
        address = PartyAddress.objects.select_for_update().get(pk=address.pk)
        if PartyAddressEnd.objects.filter(address=address).exists():
            raise Refused(_("This address was ended already."), _("Record a new one if the party came back."))
        return record(PartyAddressEnd(address=address, until=until), by=by)


def add_member(party: Party, user: User, *, by: User | None) -> Membership:
    """The user acts for the party from now on."""
    if by is not None:
        permit(by, "accounts.manage_users")
    membership, _made = Membership.objects.update_or_create(user=user, defaults={"party": party})
    return membership


def report_personnel(end_user: Party, month: date, lines: Iterable[tuple[Party, int, int]], *, by: User) -> PersonnelReport:
    """An end user's month: (unit, personnel, desertions) each. One report a month."""
    permit(by, "parties.report_personnel")
    own = party_of(by)
    if own is None or not own.is_below(end_user):
        raise Refused(_("You report for your own end user only."), rule=10)
    month = month.replace(day=1)
    if month > clock.today():
        raise Invalid(Problem(_("This month is still to come."), _("Report it when it is over, or correct its date."), field="month", found=f"{month:%Y-%m}"))
    rows = [PersonnelLine(unit=unit, personnel=personnel, desertions=desertions) for unit, personnel, desertions in lines]
    for number, row in enumerate(rows, start=1):
        if not row.unit.is_below(end_user) or row.desertions > row.personnel or row.desertions < 0 or row.personnel > MOST_SERVING:
            raise Invalid(Problem(_("The unit is not below this end user, more deserted than served, or more serve than any body has."), row=number, found=str(row.unit)))
    if PersonnelReport.objects.filter(end_user=end_user, month=month).exists():
        raise Refused(_("This month was reported already."), _("Report the difference with the next month."), rule=5)
    return record(PersonnelReport(end_user=end_user, month=month), by=by, rows=rows, row_field="report")


def post_record_line(party: Party, kind: str, figures: Mapping[str, Any], *, rests_on: str, as_of: date) -> RecordLine:
    """A floor posts what it measured of an end user. Called by other actions, never by a person."""
    return RecordLine.objects.create(party=party.end_user, kind=kind, figures=dict(figures), rests_on=rests_on[:300], as_of=as_of)
