"""What is done with an advisory: asked, answered by an officer, or withdrawn by who asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.codes import note_country, note_unlisted
from enduse.ledger.actions import record
from enduse.licensing import workdays
from enduse.licensing.actions.filing import own_party
from enduse.licensing.advisories.models import Advisory, AdvisoryAnswer, AdvisoryWithdrawal, key_of
from enduse.parties.directory import asked_about
from enduse.parties.models import Party
from enduse.references import next_reference
from enduse.refusals import Invalid, Problem, Problems, Refused
from enduse.screening.actions import screen_on_asking
from enduse.screening.queries import TRUE_MATCH, state_of

MOST_GOODS = 50
MOST_FIREARMS = 1_000_000
LONGEST = {"name": 200, "address": 300, "contact": 200, "business": 2_000, "reason": 4_000}


@dataclass(frozen=True)
class GoodsNamed:
    """What might be sold: type and calibre as codes of the reference lists; `quantity` None: not known yet."""

    firearm_type: str
    calibre: str
    quantity: int | None = None


@dataclass(frozen=True)
class EndUserNamed:
    """Who is asked about, in the asker's words; what for; and why it asks."""

    name: str
    party_kind: str
    country: str
    goods: Sequence[GoodsNamed]
    reason: str
    address: str = ""
    contact: str = ""
    business: str = ""
    birth_date: date | None = None  # of a person

    def clean(self) -> EndUserNamed:
        plain: dict[str, Any] = {name: " ".join(getattr(self, name).split()) for name in ("name", "address", "contact")}
        return replace(self, **plain, country=self.country.strip().upper(), reason=self.reason.strip(), business=self.business.strip())


def ask_advisory(named: EndUserNamed, *, copy_of: Advisory | None = None, by: User) -> Advisory:
    """Ask whether the authority has concerns about an end user. It is screened at once, like any party.

    Invalid: each fault of what was typed. Refused: one about the same end user waits already.
    """
    permit(by, "licensing.ask_advisory")
    own = own_party(by)
    named = named.clean()
    _refuse_unclear(named)
    with transaction.atomic():
        Party.objects.select_for_update().get(pk=own.pk)  # of two clicks at once the second finds the first
        if copy_of is not None and copy_of.asked_by_id != own.pk:
            raise Refused(_("Your party asked nothing under this reference."), _("Look in your list of enquiries."), rule=10)
        key = key_of(named.name, named.country)
        _refuse_while_one_waits(own, key)
        party = asked_about(name=named.name, kind=named.party_kind, country=named.country, address=named.address, birth_date=named.birth_date)
        words: dict[str, Any] = {name: getattr(named, name) for name in (
            "name", "party_kind", "country", "address", "contact", "birth_date", "business", "reason")}
        due = workdays.after_working_days(clock.today(), workdays.length_of(workdays.ADVISORY, clock.today()))
        advisory = record(Advisory(
            reference=next_reference(Advisory, "Q"), asked_by=own, end_user=party, key=key, copy_of=copy_of, due_on=due,
            goods=[{"firearm_type": each.firearm_type, "calibre": each.calibre, "quantity": each.quantity} for each in named.goods], **words), by=by)
    screen_on_asking([party])
    return advisory


def _refuse_while_one_waits(own: Party, key: str) -> None:
    before = Advisory.objects.waiting().filter(asked_by=own, key=key).first()
    if before is not None:
        raise Refused(_("You asked about %(name)s on %(day)s already: %(reference)s waits for its answer."),
                      _("Wait for it, or withdraw it and ask again."), name=before.name, day=before.recorded_at.date().isoformat(),
                      reference=before.reference)


def _refuse_unclear(named: EndUserNamed) -> None:
    problems = Problems()
    for field, remedy in (("name", _("Write its full name.")), ("reason", _("Write why you ask: what would be sold, on whose order."))):
        if not getattr(named, field):
            problems.add(_("This is empty."), remedy, field=field)
    for field, most in LONGEST.items():
        if len(getattr(named, field)) > most:
            problems.add(_("This is longer than %(most)d characters.") % {"most": most}, _("Shorten it."), field=field)
    if named.name and not any(each.isalnum() for each in named.name):
        problems.add(_("A name has letters or figures."), _("Write its full name."), field="name", found=named.name)
    if named.party_kind not in dict(Party.KINDS):
        problems.add(_("There is no such kind of party."), _("Choose one of: %s.") % ", ".join(dict(Party.KINDS)), field="party_kind",
                     found=named.party_kind)
    note_country(problems, named.country, "country")
    if named.party_kind == Party.COMPANY and not named.business:
        problems.add(_("Of a company its business is said."), _("Write what it deals in, and for whom."), field="business")
    if named.birth_date is not None and (named.party_kind != Party.PERSON or named.birth_date > clock.today()):
        problems.add(_("Only a person has a birth date, and it is past."), _("Correct it, or leave it empty."), field="birth_date",
                     found=named.birth_date.isoformat())
    _check_goods(named.goods, problems)
    problems.raise_if_any()


def _check_goods(goods: Sequence[GoodsNamed], problems: Problems) -> None:
    if not 0 < len(goods) <= MOST_GOODS:
        problems.add(_("An enquiry names 1 to %(most)d kinds of firearm.") % {"most": MOST_GOODS}, _("Say what would be sold."), field="goods",
                     found=str(len(goods)))
    for row, each in enumerate(goods[:MOST_GOODS], start=1):
        note_unlisted(problems, row, firearm_type=each.firearm_type, calibre=each.calibre)
        if each.quantity is not None and not 0 < each.quantity <= MOST_FIREARMS:
            problems.add(_("A line has 1 to %(max)d firearms.") % {"max": MOST_FIREARMS}, _("Correct the quantity, or leave it empty."), row=row,
                         field="quantity", found=str(each.quantity))


def answer_advisory(advisory: Advisory, *, outcome: str, reasons: str = "", note: str = "", by: User) -> AdvisoryAnswer:
    """Say whether the authority has concerns. It is an answer and no approval, whatever it says.

    Refused (rule 2): the end user is not compared with the current lists, or a possible match is not answered; an answer
    without concerns about a party that is on a list.
    """
    permit(by, "licensing.answer_advisory")
    _refuse_unclear_answer(outcome, reasons)
    with transaction.atomic():
        advisory = Advisory.objects.select_for_update().get(pk=advisory.pk)
        refuse_unless_waiting(advisory)
        screened = state_of(advisory.end_user)
        if not screened.is_complete or screened.screening is None:
            raise Refused(
                _("The screening of %(name)s is not complete: %(why)s"), _("Compare it with the current lists, and answer each possible match."),
                rule=2, name=advisory.name, why=str(screened.why) or screened.name)
        if outcome == AdvisoryAnswer.NO_CONCERNS and screened.state == TRUE_MATCH:
            raise Refused(_("%(name)s is on a denied-party list: there are concerns."), _("Answer that there are, and say what may be said."), rule=2,
                          name=advisory.name)
        return record(AdvisoryAnswer(
            advisory=advisory, outcome=outcome, reasons=reasons.strip(), note=note.strip(), screening=screened.screening), by=by)


def _refuse_unclear_answer(outcome: str, reasons: str) -> None:
    problems = Problems()
    if outcome not in dict(AdvisoryAnswer.OUTCOMES):
        problems.add(_("There is no such answer."), _("Choose one of: %s.") % ", ".join(dict(AdvisoryAnswer.OUTCOMES)), field="outcome",
                     found=outcome)
    if outcome == AdvisoryAnswer.CONCERNS and not reasons.strip():
        problems.add(_("Who asked is told what the concerns are."), _("Write what may be said of them."), field="reasons")
    if outcome == AdvisoryAnswer.DECLINED and not reasons.strip():
        problems.add(_("Who asked is told why no advice is given."), _("Write what may be said of it."), field="reasons")
    problems.raise_if_any()


def withdraw_advisory(advisory: Advisory, *, reason: str = "", by: User) -> AdvisoryWithdrawal:
    """Who asked takes it back before it is answered."""
    permit(by, "licensing.withdraw_advisory")
    own = own_party(by)
    if len(reason) > LONGEST["reason"]:
        raise Invalid(Problem(_("This is longer than %(most)d characters.") % {"most": LONGEST["reason"]}, _("Shorten it."), field="reason"))
    with transaction.atomic():
        locked = Advisory.objects.select_for_update().filter(pk=advisory.pk, asked_by=own).first()
        if locked is None:
            raise Refused(_("Your party asked nothing under this reference."), _("Look in your list of enquiries."), rule=10)
        refuse_unless_waiting(locked)
        return record(AdvisoryWithdrawal(advisory=locked, reason=reason.strip()), by=by)


def tell_of_overdue() -> list[Alert]:
    """Every enquiry that waits longer than its working days is an alert to the licensing officers, once. A step of `enduse daily`."""
    told = []
    with transaction.atomic():
        known = set(Alert.objects.filter(kind=Alert.OVERDUE, link__startswith="/licensing/advisories/").values_list("link", flat=True))
        for advisory in Advisory.objects.waiting().filter(due_on__lt=clock.today()).select_related("end_user").order_by("pk"):
            link = f"/licensing/advisories/{advisory.reference}/"
            if link not in known:
                told.append(raise_alert(
                    Alert.OVERDUE, role=Role.LICENSING_OFFICER, party=advisory.end_user, link=link,
                    because=_("The enquiry %(reference)s waits for its answer; it was due on %(day)s.") % {
                        "reference": advisory.reference, "day": advisory.due_on.isoformat()}))
    return told


def refuse_unless_waiting(advisory: Advisory) -> None:
    """An enquiry is answered or withdrawn once."""
    if advisory.state != Advisory.ASKED:
        raise Refused(_("%(reference)s is %(state)s already."), _("Read it there; ask anew if something changed."), reference=advisory.reference,
                      state=advisory.state_name)
