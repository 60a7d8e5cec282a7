"""What an order to forget means for the words of an application. Its rows hold those of the latest version, and each amendment those
that it replaced: so the entries of all versions are forgotten together, with the certificate that was received with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from enduse.ledger.models import Fact
from enduse.licensing.models import Application, CaseEvent, EndUseCertificate


def words_at(application: Application, version: int) -> set[str]:
    """The free words of one version and of those that it replaced."""
    return {word for number in range(1, version + 1) for word in _free(application.words_of(number))}


def _free(said: dict[str, Any]) -> Iterator[str]:
    for word in (said["purpose"], (said.get("certificate") or {}).get("signatory", "")):
        if word:
            yield word


def entries_of(application: Application) -> Iterator[Fact]:
    """The entries that hold words of any version: the submission, the amendments, the certificate."""
    yield application.submission
    yield from application.case_events.filter(sort=CaseEvent.AMENDED)
    certificate = EndUseCertificate.objects.filter(application=application).exclude(registered=None).select_related("registered").first()
    if certificate is not None and certificate.registered is not None:
        yield certificate.registered


def blank(application: Application) -> None:
    """Take the free words of every version out of the rows."""
    Application.objects.filter(pk=application.pk).update(purpose="")
    EndUseCertificate.objects.filter(application=application).update(signatory="")
    for event in application.case_events.filter(sort=CaseEvent.AMENDED):
        replaced = event.more["replaced"] | {"purpose": ""}
        if replaced.get("certificate"):
            replaced["certificate"] = replaced["certificate"] | {"signatory": ""}
        CaseEvent.objects.filter(pk=event.pk).update(more=event.more | {"replaced": replaced})
