"""Recording what another state denied, and that it took a denial back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.codes import note_unlisted
from enduse.documents.models import Document
from enduse.ledger.actions import record
from enduse.licensing.denials import DenialEnded, NotifiedDenial
from enduse.parties.models import Party
from enduse.refusals import Invalid, Problem, Problems, Refused

LONGEST_SENDER = 200


def record_denial(
    *, state: str, number: str, denied_on: date, end_user: Party, country: str, lines: Sequence[Mapping[str, str]], reason_codes: Sequence[str] = (),
    note: str = "", received_from: str = "", paper: Document | None = None, by: User,
) -> NotifiedDenial:
    """Another state told us that it denied a licence. An essentially identical application here raises the flag C04 from now on.

    `lines`: {"firearm_type", "calibre"} each, codes of the reference lists. `received_from`: who passed the notice on, such as a partner state or a
    secretariat; `paper`: the notice itself. Refused: this notice is recorded already.
    """
    permit(by, "licensing.record_denial")
    state, country, number = state.strip().upper(), country.strip().upper(), number.strip()
    problems = Problems()
    for field, code in (("state", state), ("country", country)):
        if len(code) != 2 or not code.isalpha():
            problems.add(_("A country is two letters."), _("Use its ISO 3166 code, such as MX."), field=field, found=code)
    if not 0 < len(number) <= 60:
        problems.add(_("A notice has its number."), _("Copy it from the notice."), field="number", found=number)
    received_from = " ".join(received_from.split())
    if len(received_from) > LONGEST_SENDER:
        problems.add(_("This is longer than %(most)d characters.") % {"most": LONGEST_SENDER}, _("Shorten it."), field="received_from")
    if denied_on > clock.today():
        problems.add(_("This day is still to come."), _("Correct the date."), field="denied_on", found=denied_on.isoformat())
    if not lines:
        problems.add(_("A denial says for what."), _("Choose a type and a calibre."), field="lines")
    for row, line in enumerate(lines, start=1):
        note_unlisted(problems, row, firearm_type=line.get("firearm_type", ""), calibre=line.get("calibre", ""))
    for code in reason_codes:
        if code not in reference.table("denial_reasons"):
            problems.add(_("There is no such reason."), _("Choose from the list of reasons."), field="reason_codes", found=code)
    problems.raise_if_any()
    kept = [{"firearm_type": line["firearm_type"], "calibre": line["calibre"]} for line in lines]
    try:
        with transaction.atomic():
            return record(NotifiedDenial(state=state, number=number, denied_on=denied_on, end_user=end_user.end_user, country=country, lines=kept,
                                         reason_codes=list(dict.fromkeys(reason_codes)), note=note.strip(), received_from=received_from, paper=paper), by=by)
    except IntegrityError as error:
        raise Refused(_("The notice %(number)s of %(state)s is recorded already."), _("Look in the list of denials."), number=number,
                      state=state) from error


def end_denial(denial: NotifiedDenial, *, reason: str, by: User) -> DenialEnded:
    """The state that denied took it back: it no longer counts."""
    permit(by, "licensing.record_denial")
    if not reason.strip():
        raise Invalid(Problem(_("This says why."), _("Write how the state told it."), field="reason"))
    with transaction.atomic():
        locked = NotifiedDenial.objects.select_for_update().get(pk=denial.pk)
        if DenialEnded.objects.filter(denial=locked).exists():
            raise Refused(_("This denial was taken back already."), _("Nothing is left to do."))
        return record(DenialEnded(denial=locked, reason=reason.strip()), by=by)
