"""Applications with everything that was said in their cases, read in two queries however much that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from operator import attrgetter
from typing import Any

from django.db import models
from django.db.models import QuerySet

from enduse.accounts.models import User
from enduse.certificates.models import Certificate, CertificateCheck, CertificateUse, Challenge, ChallengeLifted, Inquiry, InquiryAnswer, SignedFile
from enduse.licensing.models import (
    Appeal,
    Application,
    ApplicationLine,
    Assessment,
    CaseEvent,
    Countersignature,
    Decision,
    EndUseCertificate,
    Hold,
    HoldRelease,
    Licence,
    LicenceChange,
    LicenceLine,
    LicenceUse,
    NamedParty,
    Notice,
    Objection,
    Recommendation,
    SentBack,
    Submission,
    Withdrawal,
)
from enduse.pages import visible_or_404
from enduse.parties.models import Party
from enduse.together import Prepared, keep, link, pointed_to, tie

# What hangs on an application, on what hangs on it, and so on: by which of its fields, and of what.
HANGS: tuple[tuple[type[models.Model], str, type[models.Model]], ...] = (
    (ApplicationLine, "application", Application), (NamedParty, "application", Application), (Submission, "application", Application), (Withdrawal, "application", Application),
    (EndUseCertificate, "application", Application), (CaseEvent, "application", Application), (Assessment, "application", Application),
    (Hold, "application", Application), (HoldRelease, "hold", Hold),
    (Recommendation, "application", Application), (SentBack, "recommendation", Recommendation),
    (Countersignature, "recommendation", Recommendation),
    (Decision, "application", Application), (Appeal, "decision", Decision), (Notice, "decision", Decision), (Objection, "notice", Notice),
    (Licence, "application", Application),
)
ON_THE_LICENCE: tuple[tuple[type[models.Model], str, type[models.Model]], ...] = (
    (LicenceLine, "licence", Licence), (LicenceChange, "licence", Licence), (LicenceUse, "line", LicenceLine))
# What the state of a certificate is derived from.
ON_THE_CERTIFICATE: tuple[tuple[type[models.Model], str, type[models.Model]], ...] = (
    (CertificateCheck, "certificate", Certificate), (Inquiry, "certificate", Certificate), (InquiryAnswer, "inquiry", Inquiry),
    (Challenge, "certificate", Certificate), (ChallengeLifted, "challenge", Challenge), (CertificateUse, "certificate", Certificate),
    (SignedFile, "certificate", Certificate),
)
BEYOND = (*HANGS, *ON_THE_LICENCE, *ON_THE_CERTIFICATE)
# Parties named on either: brokers and agents, bodies that the certificate bars.
NAMED: tuple[tuple[type[models.Model], str, type[models.Model], str], ...] = (
    (Application.intermediaries.through, "application", Application, "intermediaries"),
    (Application.recipients.through, "application", Application, "recipients"),
    (EndUseCertificate.barred_parties.through, "endusecertificate", EndUseCertificate, "barred_parties"),
)
Found = dict[type[models.Model], Sequence[models.Model]]


def found_whole(rows: QuerySet[Application], **lookup: Any) -> Application:
    """The one application of an already scoped queryset, whole, with its certificate and its licence; 404 when there is none."""
    application: Application = visible_or_404(rows.select_related(None).prefetch_related(None), **lookup)
    return read_whole([application], beyond=True)[0]


def read_whole(applications: Sequence[Application], *, beyond: bool = False) -> Sequence[Application]:
    """Fill in what was said in each case: no further query for its state, its clock, its timeline or its parties.

    `beyond`: also what its certificate's state and its licence's balance are derived from.
    """
    tree = BEYOND if beyond else HANGS
    rows = (_BEYOND if beyond else _WITHIN).rows([application.pk for application in applications])
    found: Found = {**dict(zip(_models(tree), rows, strict=True)), Application: list(applications)}
    for model, by, of in tree:
        tie(found[of], found[model], by, model)
    everything = [row for rows in found.values() for row in rows]
    people = _people(everything)
    link(everything, [*people, *found[Assessment], *found[Recommendation], *found[CaseEvent], *found.get(Certificate, ())])
    _name_bodies(found, {each.pk: each for each in people if isinstance(each, Party)})
    return applications


def _models(tree: Sequence[tuple[type[models.Model], str, type[models.Model]]]) -> list[type[models.Model]]:
    """What is read, in the order of the parts."""
    return [*(model for model, _by, _of in tree), *(through for through, *_rest in NAMED), *([Certificate] if tree is BEYOND else [])]


def _parts(tree: Sequence[tuple[type[models.Model], str, type[models.Model]]], keys: Sequence[int]) -> list[QuerySet[Any]]:
    """The rows of each model that lead to these applications."""
    ways = _ways(tree)
    ways |= {through: _by_way_of(by, ways[of]) for through, by, of, _name in NAMED}
    return [model._default_manager.filter(**{f"{ways[model]}__in": keys}).distinct() if model is Certificate
            else model._default_manager.filter(**{f"{ways[model]}__in": keys}) for model in _models(tree)]


def _ways(tree: Sequence[tuple[type[models.Model], str, type[models.Model]]]) -> dict[type[models.Model], str]:
    """{model: how its rows lead to the application}."""
    ways = {Application: "", Certificate: "filed_as__application"}
    for model, by, of in tree:
        ways[model] = _by_way_of(by, ways[of])
    return ways


def _by_way_of(by: str, way: str) -> str:
    return f"{by}__{way}" if way else by


def _people(rows: Sequence[models.Model]) -> list[models.Model]:
    """The users and the parties that the rows name."""
    users, parties = _PEOPLE.rows(sorted(pointed_to(rows, User)), sorted(pointed_to(rows, Party)))
    return [*users, *parties]


def _name_bodies(found: Found, parties: dict[int, Party]) -> None:
    """Brokers and agents on their application, barred bodies on its certificate."""
    for through, by, owner_model, name in NAMED:
        of: dict[int, list[Party]] = defaultdict(list)
        for row in found[through]:
            of[getattr(row, f"{by}_id")].append(parties[row.party_id])  # type: ignore[attr-defined]
        for owner in found[owner_model]:
            keep(owner, name, sorted(of[owner.pk], key=attrgetter("name")))


_WITHIN, _BEYOND = Prepared(partial(_parts, HANGS)), Prepared(partial(_parts, BEYOND))
_PEOPLE = Prepared(lambda users, parties: [User.objects.filter(pk__in=users), Party.objects.filter(pk__in=parties)])
