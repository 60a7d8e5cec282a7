"""What the papers of an application say, and the differences between them that an officer accepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enduse import clock
from enduse.accounts.models import User
from enduse.accounts.permissions import permit
from enduse.certificates.actions.issuing import check_lines
from enduse.certificates.models import AcceptedDifference, ImportAuthorisationClaim, Paper, key_of
from enduse.codes import note_country
from enduse.documents.models import Document
from enduse.ledger.actions import record
from enduse.licensing import states
from enduse.licensing.actions.filing import lock_own
from enduse.licensing.matching import compared
from enduse.licensing.models import Application
from enduse.refusals import Invalid, Problem, Problems, Refused


def file_paper(
    application: Application, *, sort: str, number: str, issuer: str, issued_on: date, end_user: str, country: str,
    lines: Sequence[Mapping[str, Any]], document: Document | None = None, by: User,
) -> Paper:
    """Copy what a paper says. The latest of a sort counts. Refused: an import authorisation that stands behind another application."""
    permit(by, "licensing.file_paper")
    _refuse_unclear(sort, number, issuer, issued_on, end_user, country, lines)
    with transaction.atomic():
        application = lock_own(application, by)
        if application.state not in states.OPEN | {states.DRAFT}:
            raise Refused(_("%(application)s is %(state)s: its papers stand."), _("File them with another application."),
                          application=application.reference, state=str(states.NAMES[application.state]))
        if document is not None and document.subject != application.reference:
            raise Invalid(Problem(_("This document stands behind something else."), _("Attach it to this application first."), field="document"))
        if sort == Paper.IMPORT_AUTHORISATION:
            _claim(application.reference, key_of(issuer, number), number)
        told = [{"firearm_type": line["firearm_type"], "make": line.get("make") or "", "model": str(line.get("model") or "").strip()[:60],
                 "calibre": line["calibre"], "quantity": line["quantity"]} for line in lines]
        return record(Paper(
            subject=application.reference, owner=application.applicant, sort=sort, number=number.strip(), issuer=issuer.strip(),
            issued_on=issued_on, end_user=end_user.strip(), country=country.strip().upper(), lines=told, document=document), by=by)


def _refuse_unclear(
    sort: str, number: str, issuer: str, issued_on: date, end_user: str, country: str, lines: Sequence[Mapping[str, Any]],
) -> None:
    problems = Problems()
    if sort not in dict(Paper.SORTS):
        problems.add(_("There is no such sort."), _("Choose one of: %s.") % ", ".join(dict(Paper.SORTS)), field="sort", found=sort)
    for name, value, most in (("number", number, 60), ("issuer", issuer, 200), ("end_user", end_user, 200)):
        if not 0 < len(value.strip()) <= most:
            problems.add(_("This is empty or too long."), _("Copy it from the paper."), field=name, found=value)
    note_country(problems, country, "country")
    if issued_on > clock.today():
        problems.add(_("This day is still to come."), _("Correct the date."), field="issued_on", found=issued_on.isoformat())
    check_lines(lines, problems)
    problems.raise_if_any()


def _claim(reference: str, key: str, number: str) -> None:
    """An import authorisation stands behind one application at a time; a correction lets the earlier number go."""
    ImportAuthorisationClaim.objects.filter(subject=reference).exclude(key=key).delete()
    if ImportAuthorisationClaim.objects.filter(subject=reference, key=key).exists():
        return
    try:
        with transaction.atomic():
            ImportAuthorisationClaim.objects.create(key=key, subject=reference)
    except IntegrityError as error:
        raise Refused(_("An import authorisation is used once; %(number)s stands behind another application."),
                      _("Ask the importing state for a new one."), number=number) from error


def accept_difference(application: Application, *, key: str, reason: str, by: User) -> AcceptedDifference:
    """An officer accepts that two papers differ, with a reason. It counts while both say what they say now."""
    permit(by, "licensing.accept_difference")
    if not reason.strip():
        raise Invalid(Problem(_("Accepting a difference says why."), _("Write what explains it."), field="reason"))
    with transaction.atomic():
        application = Application.objects.select_for_update().get(pk=application.pk)
        if application.state not in states.OPEN:
            raise Refused(_("%(application)s is %(state)s."), _("Only what is filed and not yet decided is worked on."),
                          application=application.reference, state=str(states.NAMES[application.state]))
        found = compared(application).difference(key)
        if found is None:
            raise Refused(_("The papers no longer differ there."), _("Look at the comparison again."))
        if found.accepted is not None:
            raise Refused(_("This difference was accepted already."), _("Read the reason there."))
        return record(AcceptedDifference(subject=application.reference, key=key, said=found.said, reason=reason.strip()), by=by)
