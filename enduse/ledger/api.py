"""The log over the API: its checkpoint, an entry, a proof file, the whole verification."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from enduse.accounts.access import Asking
from enduse.accounts.actions import note_read
from enduse.accounts.permissions import permit
from enduse.ledger import queries
from enduse.ledger.actions import envelope, sign
from enduse.ledger.forgetting_api import router as forgetting
from enduse.ledger.key_api import router as keys
from enduse.ledger.keys import signer
from enduse.ledger.models import Checkpoint
from enduse.ledger.proofs import proof_of, refuse_items_unless
from enduse.ledger.verification import verify
from enduse.ledger.witnesses import compare, note_of
from enduse.refusals import NotPermitted

router = Router(tags=["ledger"])
router.add_router("", forgetting)
router.add_router("", keys)


class CheckpointOut(Schema):
    size: int = Field(description="How many entries the log has.")
    root: str = Field(description="The root of its tree, in hexadecimal.")
    note: str = Field(description="The signed note.")
    key: str = Field(description="The public key that signed it.")


class EntryOut(Schema):
    index: int
    leaf_hash: str
    recorded_at: str
    size: int
    path: list[str]
    content: dict[str, Any] | None = Field(None, description="What the entry says, for those who may read it.")


class VerificationOut(Schema):
    leaves: int
    root: str
    checkpoints: int
    forgotten: list[str] = Field(description="What was forgotten, and by which order.")
    differences: list[str]


@router.get("/checkpoint", response=CheckpointOut, auth=None, operation_id="ledger.get_checkpoint")
def get_checkpoint(request: Asking) -> CheckpointOut:
    """The signed checkpoint of the log as it is now."""
    return _checkpoint_out(sign())


def _checkpoint_out(made: Checkpoint) -> CheckpointOut:
    return CheckpointOut(size=made.size, root=bytes(made.root).hex(), note=note_of(made), key=str(signer().verifier))


class WitnessRow(Schema):
    name: str
    key: str = Field(description="Its public key.")
    size: int | None = Field(None, description="How many entries the log had when it last cosigned; none: never.")
    cosigned_at: datetime | None = None
    behind: int = Field(description="How many entries came since.")
    asked_at: datetime | None = Field(None, description="When the log last asked it.")
    outcome: str = Field("", description="How it answered then: ok, silent or refused.")
    detail: str = ""


class ForkOut(Schema):
    id: int = Field(alias="pk")
    found_at: datetime
    found_by: str = Field(description="The witness that says so; empty: a checkpoint that somebody kept and that the log's own key signed.")
    kind: str = Field(description="second_root, rolled_back or no_continuation.")
    size: int = Field(description="Of the tree that contradicts the entries here.")
    entries_here: int
    evidence: str = Field(description="The signed notes that contradict each other.")


class MonitorOut(Schema):
    entries: int
    witnesses: list[WitnessRow]
    forks: list[ForkOut]


class CompareIn(Schema):
    checkpoint: str = Field(description="A checkpoint of this log that you kept: the whole signed note.")


class ComparisonOut(Schema):
    agrees: bool = Field(description="Whether today's log begins with the entries that it had then.")
    size: int = Field(description="Of the checkpoint that you kept.")
    now: CheckpointOut
    proof: list[str] = Field(description="The consistency proof from there to now, for checking it yourself.")
    fork: ForkOut | None = None


@router.get("/monitor", response=MonitorOut, auth=None, operation_id="ledger.get_monitor")
def get_monitor(request: Asking) -> MonitorOut:
    """Who watches the log and up to where, and every fork that was found."""
    found = queries.monitor()
    return MonitorOut(entries=found.entries, forks=list(found.forks), witnesses=[_witness_row(each) for each in found.witnesses])


def _witness_row(each: queries.Watched) -> WitnessRow:
    said, last = each.answer, each.cosignature
    return WitnessRow(
        name=each.name, key=each.key, behind=each.behind, size=last.checkpoint.size if last else None, cosigned_at=last.cosigned_at if last else None,
        asked_at=said.asked_at if said else None, outcome=said.outcome if said else "", detail=said.detail if said else "")


@router.post("/compare", response=ComparisonOut, auth=None, operation_id="ledger.compare")
def compare_checkpoint(request: Asking, said: CompareIn) -> ComparisonOut:
    """Compare a checkpoint that you kept with the log as it is now: today's must begin with it."""
    found = compare(said.checkpoint)
    return ComparisonOut(agrees=found.fork is None, size=found.kept.size, now=_checkpoint_out(found.now), proof=[step.hex() for step in found.proof],
                         fork=found.fork)


@router.get("/entries/{index}", response=EntryOut, operation_id="ledger.get_entry")
def get_entry(request: Asking, index: int) -> EntryOut:
    """An entry of the log with its way to the signed root."""
    entry = _entry(request, index)
    if entry.fact is not None:
        note_read(request.user, "log", f"log entry {index}")
    return EntryOut(
        index=index, leaf_hash=bytes(entry.leaf.leaf_hash).hex(), recorded_at=entry.leaf.recorded_at.isoformat(), size=entry.checkpoint.size,
        path=[step.hex() for step in entry.path], content=envelope(entry.fact, []) if entry.fact and entry.leaf.salt else None)


@router.get("/entries/{index}/proof", operation_id="ledger.get_proof", response=str)
def get_proof(request: Asking, index: int, item: int | None = Query(None, description="One item of the entry, counted from 0.")) -> HttpResponse:
    """The proof file of an entry."""
    entry = _entry(request, index)
    if entry.fact is None:
        raise NotPermitted(_("A proof file shows the entry's content, which your role does not see."), _("Ask who holds the record for it."), rule=10)
    refuse_items_unless(entry.all_of_it, item)
    note_read(request.user, "log", f"proof of log entry {index}")
    return HttpResponse(proof_of(entry.fact, item=item), content_type="text/plain; charset=utf-8")


@router.post("/verify", response=VerificationOut, operation_id="ledger.verify")
def verify_log(request: Asking) -> VerificationOut:
    """Recompute everything that was logged from the database and name every difference."""
    permit(request.user, "ledger.verify")
    found = verify()
    return VerificationOut(leaves=found.leaves, root=found.root.hex(), checkpoints=found.checkpoints, forgotten=[str(each) for each in found.forgotten],
                           differences=[str(difference) for difference in found.differences])


def _entry(request: Asking, index: int) -> queries.Entry:
    entry = queries.entry(request.user, index, sign())
    if entry is None:
        raise Http404
    return entry
