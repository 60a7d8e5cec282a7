"""Reads of certificates: the list, one with its history, what the program reads of the checklist by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from enduse import clock, reference
from enduse.accounts.models import User
from enduse.certificates import states
from enduse.certificates.models import Certificate, CertificateText, CertificateUse, IssuerKey
from enduse.parties.models import party_of
from enduse.words import asked_words, looked_up


def certificates(user: User | None, *, state: str = "", search: str = "", source: str = "") -> QuerySet[Certificate]:
    """The viewer's certificates with their facts, newest first: see `rows_of_list` for what is asked."""
    return states.with_facts(rows_of_list(user, state=state, search=search, source=source))


def rows_of_list(user: User | None, *, state: str = "", search: str = "", source: str = "") -> QuerySet[Certificate]:
    """The viewer's certificates, newest first, each with the row that is kept of it. `search`: words of its number, issuer or end user,
    or an application's reference.
    """
    rows: QuerySet[Certificate] = Certificate.objects.visible_to(user)
    if source in dict(Certificate.SOURCES):
        rows = rows.filter(source=source)
    if search.strip():
        rows = _found(rows, search.strip())
    if state not in states.NAMES:
        return rows.order_by("-pk").select_related("kept")
    # By the same key as the kept row has it: its index gives the rows of a state in this order.
    return states.in_state(rows, state).order_by("-kept__certificate_id").select_related("kept")


def _found(rows: QuerySet[Certificate], text: str) -> QuerySet[Certificate]:
    """Those behind the application of this reference; else those with every word in their number, issuer or end user."""
    used = CertificateUse.objects.filter(application=text.upper()).values_list("certificate", flat=True)
    if used:
        return rows.filter(pk__in=set(used))
    asked = asked_words(text)
    return looked_up(CertificateText, [[word] for word in asked], unseen=False).narrow(rows, "pk") if asked else rows.none()


def read_by_program(certificate: Certificate) -> dict[str, bool | None]:
    """Of each element of the checklist: found, missing, or None where a person must read the certificate."""
    found: dict[str, bool | None] = {}
    for code, entry in reference.table("euc_checklist").items():
        names = [name for name in entry.more["read_from"].split(",") if name]
        found[code] = all(bool(getattr(certificate, name)) for name in names) if names else None
    if "E03" in found:
        found["E03"] = certificate.expires_on >= clock.today()
    if "E26" in found:
        found["E26"] = True if states.is_confirmed(certificate) else None
    return found


@dataclass(frozen=True)
class Element:
    """One element of the list: what the program reads, and what the last check said."""

    code: str
    text: str
    need: str
    found: bool | None
    answer: str = ""
    note: str = ""


def checklist(certificate: Certificate, found: Mapping[str, bool | None] | None = None) -> Iterator[Element]:
    found = found if found is not None else read_by_program(certificate)
    last = states.latest_check(certificate)
    for code, entry in reference.table("euc_checklist").items():
        said = last.answers.get(code, {}) if last is not None else {}
        yield Element(code, entry.text, entry.more["need"], found.get(code), said.get("answer", ""), said.get("note", ""))


def line_words(line: Mapping[str, Any]) -> str:
    """A line of a paper in words: type, make and model, calibre, in the reader's language."""
    make = reference.text_of("makes", str(line["make"])) if line.get("make") else ""
    named = " ".join(part for part in (make, str(line.get("model", ""))) if part)
    words = f"{reference.text_of('firearm_types', str(line['firearm_type']))} {named}".strip()
    return f"{words}, {reference.text_of('calibres', str(line['calibre']))}"


def uses_seen(user: User | None, certificate: Certificate) -> list[dict[str, Any]]:
    """Which application takes how much, and the licence it became: officers see all, a party its own (rule 10)."""
    own = party_of(user)
    by_application: dict[str, dict[str, Any]] = {}
    for use in certificate.uses.all():
        if own is not None and use.party_id != own.pk:
            continue
        row = by_application.setdefault(use.application, {"application": use.application, "party": use.party, "taken": 0, "licence": ""})
        row["taken"] += use.taken
        row["licence"] = use.licence or row["licence"]
    return [row for row in by_application.values() if row["taken"] or row["licence"]]


def history(certificate: Certificate) -> list[dict[str, Any]]:
    """Everything that was said of a certificate, in the order of the log."""
    entries = [_entry(certificate, str(certificate.get_source_display()).capitalize())]
    for check in certificate.checks.all():
        words = _("Checked: it lacks %s") % ", ".join(check.lacks) if check.lacks else _("Checked: nothing is lacking")
        entries.append(_entry(check, words, check.note, "warn" if check.lacks else "good"))
    for inquiry in certificate.inquiries.all():
        entries.append(_entry(inquiry, _("Issuer asked: %s") % inquiry.asked_whom, f"{inquiry.get_channel_display()}. {inquiry.found_in}"))
        answer = getattr(inquiry, "answer", None)
        if answer is not None:
            tone = {"confirmed": "good", "denied": "bad"}.get(answer.outcome, "warn")
            entries.append(_entry(answer, _("Issuer: %s") % answer.get_outcome_display(), f"{answer.answered_by} {answer.note}".strip(), tone))
    for challenge in certificate.challenges.all():
        entries.append(_entry(challenge, str(challenge.get_sort_display()).capitalize(), challenge.reason, "bad"))
        lifted = getattr(challenge, "lifted", None)
        if lifted is not None:
            entries.append(_entry(lifted, _("Dispute settled"), lifted.reason, "good"))
    for file in certificate.signed_files.all():
        entries.append(_entry(file, _("Signed file taken: %s") % file.origin, _("entry %(index)d of %(size)d") % {
            "index": file.index, "size": file.size}, "good"))
    return sorted(entries, key=lambda entry: entry["leaf"])


def _entry(fact: Any, words: str, note: str = "", tone: str = "") -> dict[str, Any]:
    return {"words": words, "note": note, "at": fact.recorded_at, "who": str(fact.recorded_by or _("the system")), "leaf": fact.pk, "tone": tone}


def keys() -> QuerySet[IssuerKey]:
    """The issuers' keys, those that still count first."""
    return IssuerKey.objects.select_related("recorded_by", "ended__recorded_by").order_by("ended", "issuer", "-pk")
