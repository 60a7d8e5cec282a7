"""What an exporter does under an open licence before it ships: registers the first use for a recipient, files its end user's undertaking."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import Role, permit
from enduse.alerts.actions import raise_alert
from enduse.alerts.models import Alert
from enduse.certificates import actions as certificates
from enduse.certificates import states as certificate_states
from enduse.ledger.actions import record
from enduse.licensing import dated, kinds
from enduse.licensing.actions.amending import refuse_unless_clear
from enduse.licensing.actions.certificates import refuse_what_is_for_good
from enduse.licensing.actions.filing import own_party
from enduse.licensing.actions.permits import refuse_unless_live
from enduse.licensing.models import FirstUse, Licence, Undertaking
from enduse.licensing.open_licences import needs_undertaking
from enduse.licensing.queries import approved_in_scope
from enduse.measures.actions import refuse_if_measure_in_force
from enduse.measures.queries import in_force
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem, Refused
from enduse.screening.queries import state_of


def register_first_use(licence: Licence, *, end_user: Party, records_at: str, by: User) -> FirstUse:
    """The exporter begins to use an open licence for an end user. An officer is told, and screens it if it is not clear."""
    permit(by, "licensing.register_first_use")
    if not records_at.strip():
        raise Invalid(Problem(_("A first use says where its records can be inspected."), _("Write the address."), field="records_at"))
    with transaction.atomic():
        licence = _lock_own(licence, by)
        if not asks_first_use(licence):
            raise Refused(_("%(licence)s asks for no registration of first use."), _("Declare the consignment."), licence=licence.reference)
        refuse_unless_live(licence, clock.today())
        _refuse_unlisted(licence, end_user)
        if FirstUse.objects.filter(licence=licence, end_user=end_user).exists():
            raise Refused(_("The first use of %(licence)s for %(end_user)s is registered already."), _("Declare the consignment."),
                          licence=licence.reference, end_user=end_user.name)
        _refuse_over_a_cap(licence, end_user)
        first = record(FirstUse(licence=licence, end_user=end_user, records_at=records_at.strip()[:300]), by=by)
        state = state_of(end_user)
        raise_alert(
            Alert.FIRST_USE, role=Role.LICENSING_OFFICER, party=end_user, link=f"/screening/parties/{end_user.pk}/",
            because=_("%(exporter)s begins to use %(licence)s for %(end_user)s. Screening: %(state)s.") % {
                "exporter": own_party(by), "licence": licence.reference, "end_user": end_user, "state": state.name})
        return first


def file_undertaking(licence: Licence, *, end_user: Party, words: certificates.CertificateWords, by: User) -> Undertaking:
    """File the certificate of an end user for consignments under an open licence. An officer confirms it with its issuer like any other."""
    permit(by, "licensing.file_undertaking")
    with transaction.atomic():
        licence = _lock_own(licence, by)
        if not licence.is_open:
            raise Refused(_("%(licence)s is no open licence: it has one end user and one certificate."), _("Declare the consignment."),
                          licence=licence.reference)
        refuse_unless_live(licence, clock.today())
        _refuse_unlisted(licence, end_user)
        certificate = certificates.receive(words, owner=own_party(by), by=by)
        refuse_what_is_for_good(certificate)
        if Undertaking.objects.filter(licence=licence, certificate=certificate).exists():
            raise Refused(_("Certificate %(number)s was filed under %(licence)s already."), _("Declare the consignment on it."),
                          number=certificate.number, licence=licence.reference)
        return record(Undertaking(licence=licence, end_user=end_user, certificate=certificate), by=by)


def _lock_own(licence: Licence, by: User) -> Licence:
    """Rule 10: the licence under which the user's party delivers, held against others."""
    licence, own = Licence.objects.lock(licence.pk), own_party(by)
    if licence.seller != own and not (licence.seller is None and own.is_registered_maker):
        raise Refused(_("Your party has no such licence."), _("Look in your list of licences."), rule=10)
    return licence


def asks_first_use(licence: Licence) -> bool:
    """Whether the licence is used for an end user only once that was registered: an open one, or one with that condition."""
    return licence.is_open or any(condition.get("code") == kinds.FIRST_USE for condition in licence.conditions)


def _refuse_unlisted(licence: Licence, end_user: Party) -> None:
    if licence.end_user_for(end_user) != end_user:
        raise Refused(
            _("%(licence)s does not name %(end_user)s and lists no country for it."),
            _("Choose an end user that it names, or one in a country of its list; others need a licence of their own."), licence=licence.reference,
            end_user=end_user.name)


def _refuse_over_a_cap(licence: Licence, end_user: Party) -> None:
    """Rule 3: whom the licence does not name was counted under no cap when it was approved, so it is when it is registered."""
    if end_user.pk == licence.application.end_user_id or licence.application.recipients.filter(pk=end_user.pk).exists():
        return
    on, lines = clock.today(), list(licence.lines.all())
    own = [measure for measure in in_force(on, end_user=end_user, country=end_user.country, lines=lines) if measure.end_user_id is not None]
    refuse_if_measure_in_force(end_user=end_user, country=end_user.country, lines=lines, on=on, among=own,
                               approved=lambda measure, since: approved_in_scope(measure, since, but=licence))


def refuse_before_first_use(licence: Licence, end_user: Party) -> None:
    """Nothing goes to a recipient whose first use is not registered, or who is not clear against the current lists (rule 2)."""
    if not asks_first_use(licence):
        return
    if not FirstUse.objects.filter(licence=licence, end_user=end_user).exists():
        raise Refused(_("The first use of %(licence)s for %(end_user)s is not registered."), _("Register it on the page of the licence."),
                      licence=licence.reference, end_user=end_user.name)
    refuse_unless_clear(end_user)


def refuse_on_undertaking(licence: Licence, undertaking: Undertaking | None, *, end_user: Party, consignee: Party, on: date) -> None:
    """A consignment of an open licence stands on a certificate of its own end user that is confirmed, runs and bars nobody on the way."""
    if undertaking is None:
        if needs_undertaking(licence, on):
            raise Refused(_("A consignment under %(licence)s carries the undertaking of its end user."),
                          _("File the certificate of %(end_user)s under this licence, then name it here."), licence=licence.reference,
                          end_user=end_user.name)
        return
    if undertaking.licence_id != licence.pk or undertaking.end_user_id != end_user.pk:
        raise Refused(_("This undertaking is not one of %(end_user)s under %(licence)s."), _("Name one of its own."), end_user=end_user.name,
                      licence=licence.reference)
    certificate = undertaking.certificate
    state = undertaking.state
    if state in certificate_states.CHALLENGED:
        raise Refused(_("Certificate %(number)s is %(state)s: nothing moves on it."), _("Ask the end user for a new certificate."),
                      number=certificate.number, state=str(certificate_states.NAMES[state]))
    if on > certificate.expires_on:
        raise Refused(_("Certificate %(number)s expired on %(day)s."), _("Ask the end user for a new certificate."), number=certificate.number,
                      day=certificate.expires_on.isoformat())
    if dated.certificate_confirmed(on) is not None and not certificate_states.is_vouched_for(certificate):
        raise Refused(_("The issuer of certificate %(number)s has not confirmed it."), _("Wait until the licensing authority has asked the issuer."),
                      number=certificate.number)
    if undertaking.bars(consignee):
        raise Refused(_("The end-use certificate %(number)s bars %(consignee)s from holding these firearms."),
                      _("Ask the licensing authority for its consent first."), number=certificate.number, consignee=consignee.name)
