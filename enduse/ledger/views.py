"""The log's pages and its files: read by anyone, contents by those who see the noun, verification by auditors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from enduse.accounts.access import needs
from enduse.accounts.actions import note_read
from enduse.ledger import queries
from enduse.ledger.actions import envelope, sign
from enduse.ledger.forms import CompareForm
from enduse.ledger.keys import signer
from enduse.ledger.models import Checkpoint, Fork
from enduse.ledger.proofs import proof_of, refuse_items_unless
from enduse.ledger.verification import verify
from enduse.ledger.witnesses import compare, newest_cosigned, note_of
from enduse.pages import attempt
from enduse.refusals import NotPermitted

LATEST = 10
FOREVER = "public, max-age=31536000, immutable"


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """What the log is, where it stands, and how anyone checks it."""
    checkpoint = sign()
    recent = Checkpoint.objects.order_by("-size")[:10]
    return render(request, "ledger/log.html", {
        "checkpoint": checkpoint, "root": bytes(checkpoint.root).hex(), "recent": recent, "key": str(signer().verifier),
        "forks": Fork.objects.count(), "latest": range(checkpoint.size - 1, max(-1, checkpoint.size - 1 - LATEST), -1),
    })


@require_GET
def leaf(request: HttpRequest, index: int) -> HttpResponse:
    """One entry: its place, its way to the signed root, and its content for those who may read it."""
    entry = queries.entry(request.user, index, sign())
    if entry is None:
        raise Http404(_("The log has no entry at this place."))
    said: dict[str, Any] | None = None
    if entry.fact is not None and entry.leaf.salt is not None:
        said = envelope(entry.fact, [])
        note_if_signed_in(request, f"log entry {index}")
    return render(request, "ledger/leaf.html", {
        "leaf_hash": bytes(entry.leaf.leaf_hash).hex(), "root": bytes(entry.checkpoint.root).hex(),
        "entry": entry, "said": json.dumps(said, indent=2, ensure_ascii=False) if said else "", "kind": said["kind"] if said else "",
        "items": entry.fact.item_rows() is not None if entry.fact else False, "key": str(signer().verifier),
        "path": [step.hex() for step in entry.path], "order": queries.order_for(index) if entry.leaf.salt is None else None,
    })


def note_if_signed_in(request: HttpRequest, what: str) -> None:
    if request.user.is_authenticated:
        note_read(request.user, "log", what)


@require_GET
def proof(request: HttpRequest, index: int) -> HttpResponse:
    """The proof file of an entry, with one item of it when asked (?item=)."""
    entry = queries.entry(request.user, index, sign())
    if entry is None:
        raise Http404(_("The log has no entry at this place."))
    if entry.fact is None:
        raise NotPermitted(_("A proof file shows the entry's content, which your role does not see."), _("Ask who holds the record for it."), rule=10)
    asked = request.GET.get("item", "")
    item = int(asked) if asked.isascii() and asked.isdigit() else None
    refuse_items_unless(entry.all_of_it, item)
    note_if_signed_in(request, f"proof of log entry {index}")
    response = HttpResponse(proof_of(entry.fact, item=item), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="entry-{index}.proof"'
    return response


@require_GET
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The signed checkpoint (C2SP tlog-checkpoint)."""
    return HttpResponse(note_of(sign()), content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


@require_GET
def cosigned_checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint that a witness cosigned, with its cosignatures."""
    found = newest_cosigned()
    if found is None:
        raise Http404(_("No witness has cosigned this log yet."))
    return HttpResponse(note_of(found), content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


@require_http_methods(["GET", "POST"])
def monitor(request: HttpRequest) -> HttpResponse:
    """Who watches the log, any fork that was found, and the comparison of a checkpoint that the visitor kept."""
    form = CompareForm(request.POST if request.method == "POST" else None)
    compared = attempt(request, form, lambda: compare(form.cleaned_data["checkpoint"])) if form.is_bound and form.is_valid() else None
    return render(request, "ledger/monitor.html", {
        "monitor": queries.monitor(), "form": form, "compared": compared, "proof": [step.hex() for step in compared.proof] if compared else [],
        "kept_root": compared.kept.root.hex() if compared else ""})


@require_GET
def evidence(request: HttpRequest, fork: int) -> HttpResponse:
    """What a fork was found by, as text: whoever has the log's public key checks its signatures."""
    found = Fork.objects.filter(pk=fork).first()
    if found is None:
        raise Http404(_("No such fork was found."))
    return HttpResponse(found.evidence, content_type="text/plain; charset=utf-8")


@require_GET
def key(request: HttpRequest) -> HttpResponse:
    """The log's public key, as verifiers take it."""
    return HttpResponse(f"{signer().verifier}\n", content_type="text/plain; charset=utf-8")


@require_GET
def program(request: HttpRequest) -> HttpResponse:
    """The program that checks a proof file: one file, for any machine with Python and the package `cryptography`."""
    text = (Path(__file__).parent / "verify_proof.py").read_text(encoding="utf-8")
    return HttpResponse(text, content_type="text/x-python; charset=utf-8",
                        headers={"Content-Disposition": 'attachment; filename="verify_proof.py"'})


@require_GET
def tile(request: HttpRequest, rest: str) -> HttpResponse:
    """A tile or an entry bundle (C2SP tlog-tiles): immutable, so cached for ever."""
    found = queries.tile(f"tile/{rest}")
    if found is None:
        raise Http404(_("The log has no such tile."))
    return HttpResponse(found, content_type="application/octet-stream", headers={"Cache-Control": FOREVER})


@needs("ledger.verify")
@require_http_methods(["GET", "POST"])
def verification(request: HttpRequest) -> HttpResponse:
    """The auditor has everything recomputed from the database."""
    found = verify() if request.method == "POST" else None
    return render(request, "ledger/verification.html", {"found": found, "found_root": found.root.hex() if found else ""})
