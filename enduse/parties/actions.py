"""What is done to parties: registered, given members, counted in personnel, measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.ledger.actions import record
from enduse.parties.models import Membership, Party, PersonnelLine, PersonnelReport, RecordLine, party_of
from enduse.refusals import Invalid, Problem, Refused


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
    if len(country) != 2 or not country.isalpha():
        raise Invalid(Problem(_("A country is two letters."), _("Use its ISO 3166 code, such as MX."), field="country", found=country))
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
    for field, value in fields.items():
        setattr(party, field, value.strip())
    party.changed_at = clock.now()
    party.save(update_fields=[*fields, "changed_at"])
    return party


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
    rows = [PersonnelLine(unit=unit, personnel=personnel, desertions=desertions) for unit, personnel, desertions in lines]
    for number, row in enumerate(rows, start=1):
        if not row.unit.is_below(end_user) or row.desertions > row.personnel or row.desertions < 0:
            raise Invalid(Problem(_("The unit is not below this end user, or more deserted than served."), row=number, found=str(row.unit)))
    if PersonnelReport.objects.filter(end_user=end_user, month=month).exists():
        raise Refused(_("This month was reported already."), _("Report the difference with the next month."), rule=5)
    return record(PersonnelReport(end_user=end_user, month=month), by=by, rows=rows, row_field="report")


def post_record_line(party: Party, kind: str, figures: Mapping[str, Any], *, rests_on: str, as_of: date) -> RecordLine:
    """A floor posts what it measured of an end user. Called by other actions, never by a person."""
    return RecordLine.objects.create(party=party.end_user, kind=kind, figures=dict(figures), rests_on=rests_on[:300], as_of=as_of)
