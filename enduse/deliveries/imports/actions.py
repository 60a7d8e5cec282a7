"""A state notifies an import, or takes the notification back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, Scope, permit, scope_of
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.codes import note_unlisted
from enduse.custody.counting import Read
from enduse.custody.serials import serial_key
from enduse.deliveries.imports.comparing import compared
from enduse.deliveries.imports.models import ImportNotification, ImportSerial, ImportWithdrawal
from enduse.documents.models import Document
from enduse.ledger.actions import record
from enduse.licensing.actions.filing import own_party
from enduse.parties.models import Party
from enduse.references import next_reference
from enduse.refusals import Invalid, Problem, Problems, Refused

MOST_GOODS, MOST_FIREARMS, MOST_SERIALS = 50, 1_000_000, 20_000
LONGEST_SENDER = 200
LONGEST = {"exporter": 200, "licence_reference": 60, "use": 2_000}
STATE_BODIES = frozenset({Party.ARMED_FORCE, Party.POLICE, Party.STATE_BODY})
TOLD = (Role.LICENSING_OFFICER, Role.MONITOR)


@dataclass(frozen=True)
class GoodsStated:
    """So many firearms of a type and calibre, by the codes of the reference lists."""

    firearm_type: str
    calibre: str
    quantity: int


@dataclass(frozen=True)
class ImportStated:
    """What the importing state says. `licensed_here`: that this authority licensed the export, under `licence_reference`."""

    sort: str
    on: date
    country_of_export: str
    exporter: str
    goods: Sequence[GoodsStated]
    use: str
    licensed_here: bool
    licence_reference: str = ""
    serials: Sequence[Read] = ()

    def clean(self) -> ImportStated:
        return replace(
            self, country_of_export=self.country_of_export.strip().upper(), exporter=" ".join(self.exporter.split()), use=self.use.strip(),
            licence_reference=" ".join(self.licence_reference.split()).upper())

    def digest(self) -> str:
        said = [self.sort, self.on.isoformat(), self.country_of_export, self.exporter.casefold(), self.licensed_here, self.licence_reference,
                [[each.firearm_type, each.calibre, each.quantity] for each in self.goods],
                [[serial_key(each.serial), each.make] for each in self.serials]]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def notify_import(stated: ImportStated, *, by: User) -> ImportNotification:
    """A state says what it intends to import or has received. What differs from what is licensed and shipped here alerts two roles.

    Invalid: each fault of what was typed. Refused: who is no body of a state; the very same notified before.
    """
    permit(by, "deliveries.notify_import")
    importer = own_party(by).end_user
    if importer.kind not in STATE_BODIES:
        raise Refused(_("Only a body of a state notifies an import; %(party)s is none."), _("Ask the importing authority to notify it."), rule=10,
                      party=importer.name)
    return _notified(stated.clean(), importer, by=by)


def record_import(stated: ImportStated, *, importer: Party, received_from: str, paper: Document | None = None, by: User) -> ImportNotification:
    """An officer records what an importing state told on paper: for whom, who sent it, and the paper itself where there is one."""
    permit(by, "deliveries.record_import")
    if importer.kind not in STATE_BODIES or importer.parent_id is not None:
        raise Invalid(Problem(_("An import is notified by a body of a state, at the top of its tree."), _("Name the importing authority."),
                              field="importer", found=importer.name))
    received_from = " ".join(received_from.split())
    if not 0 < len(received_from) <= LONGEST_SENDER:
        raise Invalid(Problem(_("What came on paper says who sent it, in at most %(most)d characters.") % {"most": LONGEST_SENDER},
                              _("Write the office, its letter's number and day."), field="received_from", found=received_from[:60]))
    return _notified(stated.clean(), importer, received_from=received_from, paper=paper, by=by)


def _notified(stated: ImportStated, importer: Party, *, received_from: str = "", paper: Document | None = None, by: User) -> ImportNotification:
    _refuse_unclear(stated, importer)
    with transaction.atomic():
        Party.objects.select_for_update().get(pk=importer.pk)  # of two clicks at once the second finds the first
        digest = stated.digest()
        before = ImportNotification.objects.standing().filter(importer=importer, digest=digest).first()
        if before is not None:
            raise Refused(_("This very import was notified already: %(reference)s."), _("Nothing more is needed; withdraw that one if it is wrong."),
                          reference=before.reference)
        words: dict[str, Any] = {name: getattr(stated, name) for name in (
            "sort", "on", "country_of_export", "exporter", "licensed_here", "licence_reference", "use")}
        notification = ImportNotification(
            reference=next_reference(ImportNotification, "I"), importer=importer, digest=digest, received_from=received_from, paper=paper,
            goods=[{"firearm_type": each.firearm_type, "calibre": each.calibre, "quantity": each.quantity} for each in stated.goods], **words)
        serials = [ImportSerial(serial=each.serial.strip(), serial_key=serial_key(each.serial), make=each.make.strip().lower())
                   for each in stated.serials]
        record(notification, by=by, rows=serials, row_field="notification")
        _tell_of_differences(notification)
    return notification


def _tell_of_differences(notification: ImportNotification) -> None:
    found = compared(notification)
    if not found.differs:
        return
    for role in TOLD:
        raise_alert(
            Alert.IMPORT, role=role, party=notification.importer, link=f"/deliveries/imports/{notification.reference}/",
            because=_("%(importer)s notified import %(reference)s, which does not agree with what is known here. %(what)s") % {
                "importer": notification.importer, "reference": notification.reference, "what": " ".join(each.words for each in found.findings)})


def _refuse_unclear(stated: ImportStated, importer: Party) -> None:
    problems, today = Problems(), clock.today()
    if stated.sort not in dict(ImportNotification.SORTS):
        problems.add(_("It says neither what is intended nor what was received."),
                     _("Choose one of: %s.") % ", ".join(dict(ImportNotification.SORTS)), field="sort", found=stated.sort)
    if stated.sort == ImportNotification.RECEIVED and stated.on > today:
        problems.add(_("This day is still to come."), _("Give the day on which it was received, or say that it is intended."), field="on",
                     found=stated.on.isoformat())
    if stated.sort == ImportNotification.INTENDED and stated.on < today:
        problems.add(_("This day has passed."), _("Give the day on which it is expected, or say that it was received."), field="on",
                     found=stated.on.isoformat())
    country = stated.country_of_export
    if not (len(country) == 2 and country.isascii() and country.isalpha()):
        problems.add(_("A country is two letters."), _("Use its ISO 3166 code, such as MX."), field="country_of_export", found=country)
    elif country == importer.country:
        problems.add(_("An import comes from abroad; this is your own country."), _("Give the country of export."), field="country_of_export",
                     found=country)
    for field, remedy in (("exporter", _("Write who exports, as it stands on the papers.")), ("use", _("Write who will use them and for what."))):
        if not getattr(stated, field):
            problems.add(_("This is empty."), remedy, field=field)
    for field, most in LONGEST.items():
        if len(getattr(stated, field)) > most:
            problems.add(_("This is longer than %(most)d characters.") % {"most": most}, _("Shorten it."), field=field)
    if stated.licensed_here and not stated.licence_reference:
        problems.add(_("An export that this authority licensed has its licence's reference."), _("Copy it from the licence, such as L-2011-0042."),
                     field="licence_reference")
    _check_goods(stated.goods, problems)
    _check_serials(stated, problems)
    problems.raise_if_any()


def _check_goods(goods: Sequence[GoodsStated], problems: Problems) -> None:
    if not 0 < len(goods) <= MOST_GOODS:
        problems.add(_("A notification has 1 to %(most)d lines.") % {"most": MOST_GOODS}, _("Say what is imported."), field="goods",
                     found=str(len(goods)))
    for row, each in enumerate(goods[:MOST_GOODS], start=1):
        note_unlisted(problems, row, firearm_type=each.firearm_type, calibre=each.calibre)
        if not 0 < each.quantity <= MOST_FIREARMS:
            problems.add(_("A line has 1 to %(max)d firearms.") % {"max": MOST_FIREARMS}, _("Correct the quantity."), row=row, field="quantity",
                         found=str(each.quantity))


def _check_serials(stated: ImportStated, problems: Problems) -> None:
    """Rule 9: each firearm stands once in the list, and there are no more of them than the quantities say."""
    total = sum(each.quantity for each in stated.goods)
    if len(stated.serials) > MOST_SERIALS:
        problems.add(_("There are more than %(most)d serials.") % {"most": MOST_SERIALS}, _("Notify it in parts."), field="serials",
                     found=str(len(stated.serials)))
        return
    if len(stated.serials) > total:
        problems.add(_("There are %(serials)d serials for %(total)d firearms.") % {"serials": len(stated.serials), "total": total},
                     _("Correct the quantities, or take serials out."), field="serials")
    seen: dict[tuple[str, str], int] = {}
    for number, each in enumerate(stated.serials, start=1):
        row, key = each.row or number, (serial_key(each.serial), each.make.strip().lower())
        if not key[0] or len(each.serial.strip()) > 40 or len(key[1]) > 40:
            problems.add(_("The serial is empty or longer than any."), _("Write it as it stands on the firearm."), row=row, field="serials",
                         found=each.serial)
        elif key in seen:
            problems.add(_("This serial was named already, in row %s.") % seen[key], _("Take one of the two out."), row=row, field="serials",
                         found=each.serial)
        seen.setdefault(key, row)


def withdraw_import(notification: ImportNotification, *, reason: str, by: User) -> ImportWithdrawal:
    """The importing state takes a notification back. It stays in the log; it is compared with nothing any more.

    Of what came on paper an officer records that it was taken back.
    """
    permit(by, "deliveries.withdraw_import")
    on_paper = scope_of(by, "import") is Scope.ALL
    own = ImportNotification.objects.exclude(received_from="") if on_paper else ImportNotification.objects.filter(importer=own_party(by).end_user)
    if not reason.strip():
        raise Invalid(Problem(_("A withdrawal says why."), _("Write a sentence."), field="reason"))
    with transaction.atomic():
        locked = own.select_for_update().filter(pk=notification.pk).first()
        if locked is None:
            raise Refused(_("Your party notified nothing under this reference."), _("Look in your list of imports."), rule=10)
        if locked.is_withdrawn:
            raise Refused(_("%(reference)s was withdrawn already."), _("Nothing is left to do."), reference=locked.reference)
        return record(ImportWithdrawal(notification=locked, reason=reason.strip()), by=by)
