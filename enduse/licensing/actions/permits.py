"""The life of a licence: suspended, reinstated, surrendered; what is taken of it; its parties screened again. Revoking: `amending.py`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.ledger.actions import record
from enduse.licensing.actions.filing import own_party
from enduse.licensing.keeping import keep_standing
from enduse.licensing.models import Licence, LicenceChange, LicenceLine, LicenceUse, Purchase
from enduse.licensing.queries import licences_live_on, used_by_line
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem, Refused
from enduse.screening.actions import Compared, rescreen, screen_all
from enduse.screening.queries import states_of


def suspend(licence: Licence, *, reason: str, by: User) -> LicenceChange:
    """Stop the licence at once: nothing is declared or shipped under it until another person reinstates it."""
    permit(by, "licensing.suspend")
    return _change(licence, Licence.SUSPENDED, {Licence.ACTIVE, Licence.EXHAUSTED}, reason, by)


def suspend_on_alert(licence: Licence, *, reason: str) -> LicenceChange | None:
    """The system itself stops a licence because of what was learnt. Only a person lets it live again. None: it is not live."""
    with transaction.atomic():
        licence = Licence.objects.lock(licence.pk)
        if licence.state() not in {Licence.ACTIVE, Licence.EXHAUSTED}:
            return None
        return record(LicenceChange(licence=licence, change=Licence.SUSPENDED, effective_on=clock.today(), reason=reason), by=None)


def reinstate(licence: Licence, *, reason: str, by: User) -> LicenceChange:
    """Let a suspended licence live again. Another person than the one who suspended it."""
    permit(by, "licensing.reinstate")
    return _change(licence, LicenceChange.REINSTATED, {Licence.SUSPENDED}, reason, by)


def surrender(licence: Licence, *, reason: str, by: User) -> LicenceChange:
    """The party that applied gives the licence back: what was not shipped lapses."""
    permit(by, "licensing.surrender")
    if licence.application.applicant_id != own_party(by).pk:
        raise Refused(_("Your party has no such licence."), _("Look in your list of licences."), rule=10)
    return _change(licence, Licence.SURRENDERED, {Licence.ACTIVE, Licence.SUSPENDED}, reason, by)


def _change(licence: Licence, change: str, allowed: set[str], reason: str, by: User) -> LicenceChange:
    if not reason.strip():
        raise Invalid(Problem(_("A change of a licence says why."), _("Write the reason."), field="reason"))
    with transaction.atomic():
        licence = Licence.objects.lock(licence.pk)
        state = licence.state()
        if state not in allowed:
            raise Refused(_("%(licence)s is %(state)s: this cannot be done with it."), _("Read its history."), licence=licence.reference,
                          state=str(dict(Licence.STATES)[state]))
        if change == LicenceChange.REINSTATED:
            refuse_own_suspension(licence, by)
        return record(LicenceChange(licence=licence, change=change, effective_on=clock.today(), reason=reason.strip()), by=by)


def refuse_own_suspension(licence: Licence, by: User) -> None:
    """Who suspended a licence does not reinstate it: one person does not stop and start alone."""
    last = licence.changes.filter(change=Licence.SUSPENDED).order_by("-pk").first()
    if last is not None and last.recorded_by_id == by.pk:
        raise Refused(_("You suspended %(licence)s: another countersigner reinstates it."), _("Ask a second countersigner."), rule=2,
                      licence=licence.reference)


def refuse_unless_live(licence: Licence, on: date) -> None:
    """Refuse what is declared or shipped on a day when the licence does not stand: not yet issued, expired, or stopped.

    A licence that is stopped today is stopped for anything recorded today, whatever day it is said to be of. One that is
    exhausted still lives: what was declared under it may ship, and `refuse_beyond_licence` answers for the rest.
    """
    last = LicenceChange.objects.filter(licence=licence).order_by("-pk").first()
    if last is not None and last.change != LicenceChange.REINSTATED:
        raise Refused(
            _("%(licence)s is %(state)s since %(since)s: %(why)s"),
            _("A suspended licence may be reinstated by a countersigner; one that has ended needs a new application, one that was replaced gives way."),
            licence=licence.reference, state=str(dict(LicenceChange.CHANGES)[last.change]), since=last.effective_on.isoformat(), why=last.reason)
    if on > licence.expires_on:
        raise Refused(_("%(licence)s expired on %(day)s."), _("Apply for a new licence."), licence=licence.reference,
                      day=licence.expires_on.isoformat())
    if on < licence.issued_on:
        raise Refused(_("%(licence)s was issued on %(day)s: nothing moves under it before."), _("Correct the date."), licence=licence.reference,
                      day=licence.issued_on.isoformat())


def reserved_of_lines(lines: Iterable[LicenceLine]) -> dict[int, dict[int, int]]:
    """What is ordered and not declared yet: line -> maker -> how many. A maker's declarations since its order fill it."""
    ordered: dict[tuple[int, int], tuple[int, int]] = {}
    rows = Purchase.objects.filter(line__in=list(lines), release=None).order_by("pk").values_list("line", "maker", "quantity", "used_before")
    for line, maker, quantity, before in rows:
        sum_before, first = ordered.get((line, maker), (0, before))
        ordered[line, maker] = (sum_before + quantity, first)
    declared = {(line, maker): n for line, maker, n in LicenceUse.objects.filter(
        line__in={line for line, _maker in ordered}).order_by().values_list("line", "maker").annotate(n=Sum("quantity"))}
    reserved: dict[int, dict[int, int]] = defaultdict(dict)
    for (line, maker), (quantity, before) in ordered.items():
        reserved[line][maker] = max(0, min(quantity, quantity - (declared.get((line, maker), 0) - before)))
    return reserved


def refuse_beyond_licence(licence: Licence, quantity_by_line: Mapping[LicenceLine, int], *, maker: Party | None = None) -> None:
    """Rule 1: no consignment exceeds what its licence line still permits. Call with the licence locked.

    What other makers have an order for is not this maker's to deliver.
    """
    _refuse_ordered_from_others(licence, quantity_by_line, maker)
    used = dict(LicenceUse.objects.filter(line__licence=licence).values_list("line").annotate(n=Sum("quantity")))
    for line, here in quantity_by_line.items():
        left = line.quantity - used.get(line.pk, 0)
        if here > left:
            raise Refused(
                _("%(licence)s permits %(left)d more of line %(line)d (%(what)s); this consignment has %(here)d."),
                _("Take %(over)d off the manifest, or apply for more."), rule=1, licence=licence.reference, line=line.number,
                what=str(line), left=left, here=here, over=here - left)


def _refuse_ordered_from_others(licence: Licence, quantity_by_line: Mapping[LicenceLine, int], maker: Party | None) -> None:
    reserved = reserved_of_lines(quantity_by_line)
    if not reserved:
        return
    used = used_by_line(licence)
    for line, here in quantity_by_line.items():
        others = sum(quantity for each, quantity in reserved[line.pk].items() if maker is None or each != maker.pk)
        left = line.quantity - used.get(line.pk, 0) - others
        if others and here > 0 and here > left:
            raise Refused(
                _("%(others)d of line %(line)d of %(licence)s are ordered from other makers: %(left)d are left for you; this consignment has %(here)d."),
                _("Take %(over)d off the manifest, or ask the buyer for an order."), rule=1, others=others, line=line.number,
                licence=licence.reference, left=max(left, 0), here=here, over=here - max(left, 0))


def use(
    line: LicenceLine, quantity: int, consignment_reference: str, *, maker: Party | None = None, end_user: Party | None = None,
) -> LicenceUse:
    """Take firearms of a licence line (below zero: give them back). A step of deliveries, under the licence's lock.

    `end_user`: for whom, under a licence that has several.
    """
    refuse_beyond_licence(line.licence, {line: quantity}, maker=maker)
    used = LicenceUse.objects.create(line=line, quantity=quantity, consignment=consignment_reference, maker=maker, end_user=end_user)
    keep_standing(line.licence_id)
    return used


def rescreen_licensed_parties(*, by: User) -> Compared:
    """After a list was loaded: every party that was screened, and every party of a live licence, is compared with what changed.

    Whoever of a live licence may be on a list raises an alert.
    """
    parties: dict[int, Party] = {}
    licences: dict[int, list[str]] = {}
    for licence in licences_live_on(clock.today()):
        for party in [*(party for _role, party in licence.application.parties()), *(licence.end_users() if licence.is_open else [])]:
            parties[party.pk] = party
            licences.setdefault(party.pk, []).append(licence.reference)
    done = rescreen(by=by)
    states = states_of(parties.values())
    never = [state.party for state in states.values() if state.screening is None]
    first = screen_all(never, by=by) if never else []
    told = set(Alert.objects.open().filter(kind=Alert.LIST_HIT, party__in=parties).values_list("party_id", flat=True))
    for pk, state in (states | states_of(never)).items():
        if not state.is_complete and pk not in told:
            raise_alert(
                Alert.LIST_HIT, role=Role.LICENSING_OFFICER, party=state.party, link=f"/screening/parties/{pk}/",
                because=_("%(party)s of %(licences)s: %(why)s") % {
                    "party": state.party, "licences": ", ".join(sorted(set(licences[pk]))), "why": state.why})
    return Compared(done.parties + len(first), (*done.screenings, *first))
