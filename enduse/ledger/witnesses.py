"""The log asks its witnesses to cosign (c2sp.org/tlog-witness), and compares checkpoints that others kept. Contradictions are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import requests
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from enduse import clock
from enduse.engines import translog
from enduse.ledger.actions import read_tile, sign, size
from enduse.ledger.keys import keys_for
from enduse.ledger.models import Checkpoint, Cosignature, Fork, WitnessAnswer
from enduse.refusals import Invalid, Problem

LONGEST_WAIT_S = 10
LONGEST_ANSWER = 16_000
LATEST_SIGNATURE = 253_402_300_799  # the end of the year 9999: what a datetime holds


@dataclass(frozen=True)
class Witness:
    """A witness that this log asks: its public key, and where it answers."""

    key: translog.Verifier
    address: str


@dataclass(frozen=True)
class Reply:
    """What came back over HTTP: status, media type, text."""

    status: int
    media: str
    text: str


@dataclass(frozen=True)
class Comparison:
    """A checkpoint that somebody kept, beside the log as it is: `fork` when they contradict each other, else the proof that it begins with it."""

    kept: translog.Checkpoint
    now: Checkpoint
    proof: tuple[bytes, ...]
    fork: Fork | None


Send = Callable[[str, str], Reply]


def configured() -> tuple[Witness, ...]:
    """The witnesses of ENDUSE_LOG_WITNESSES, or of ENDUSE_HOME/witnesses.txt. Invalid: a line is not a witness's key and its address."""
    path = settings.ENDUSE_HOME / "witnesses.txt"
    told = settings.ENDUSE_LOG_WITNESSES.split(",") if settings.ENDUSE_LOG_WITNESSES else path.read_text("utf-8").splitlines() if path.exists() else []
    return tuple(_witness(line.strip(), row) for row, line in enumerate(told, 1) if line.strip() and not line.strip().startswith("#"))


def _witness(line: str, row: int) -> Witness:
    key, _space, address = line.partition(" ")
    remedy = _("Write the witness's public key, a space and the address that it answers at.")
    try:
        verifier = translog.Verifier.parse(key)
    except translog.NoteError as wrong:
        raise Invalid(Problem(str(wrong), remedy, row=row, found=line)) from None
    if verifier.algorithm != translog.COSIGNATURE or not address.strip().startswith(("https://", "http://")):
        raise Invalid(Problem(_("This is not a witness's key and its address."), remedy, row=row, found=line))
    return Witness(verifier, address.strip().rstrip("/"))


def over_http(address: str, body: str) -> Reply:
    """POST to a witness. It may not send us elsewhere, nor more than a few lines."""
    with requests.post(address, data=body.encode(), timeout=LONGEST_WAIT_S, allow_redirects=False, stream=True) as answer:
        text = answer.raw.read(LONGEST_ANSWER, decode_content=True)
    return Reply(answer.status_code, answer.headers.get("Content-Type", ""), text.decode("utf-8", "replace"))


def cosign(*, send: Send = over_http, witnesses: Iterable[Witness] | None = None) -> list[WitnessAnswer]:
    """Ask each witness to cosign the log as it is now; how each answered. What a witness contradicts is kept as a fork."""
    return [_ask(witness, send) for witness in (configured() if witnesses is None else witnesses)]


def _ask(witness: Witness, send: Send) -> WitnessAnswer:
    """Two tries: what the witness cosigned last may have been asked for by another process, and it says so."""
    last = Cosignature.objects.filter(witness=str(witness.key)).aggregate(size=Max("checkpoint__size"))["size"] or 0
    for _try in range(2):
        checkpoint = sign()
        if last > checkpoint.size:
            return _caught(witness, Fork.ROLLED_BACK, last, checkpoint)
        proof = translog.prove_consistency(last, checkpoint.size, read_tile)
        try:
            reply = send(f"{witness.address}/add-checkpoint", translog.make_add_checkpoint(last, proof, checkpoint.note))
        except (requests.RequestException, OSError) as error:
            return _answered(witness, WitnessAnswer.SILENT, type(error).__name__)
        if reply.status == 200:
            return _accept(witness, checkpoint, reply)
        if reply.status == 422:
            return _caught(witness, Fork.NO_CONTINUATION, last, checkpoint)
        theirs = _size_in(reply)
        if theirs is None:
            return _answered(witness, WitnessAnswer.REFUSED, f"{reply.status}: {reply.text.strip()[:200]}")
        if theirs == last == checkpoint.size:
            return _caught(witness, Fork.SECOND_ROOT, theirs, checkpoint)
        last = theirs
    return _answered(witness, WitnessAnswer.REFUSED, f"409: {last}")


def _size_in(reply: Reply) -> int | None:
    """The size that a witness says it cosigned last; None when it answers something else."""
    text = reply.text.removesuffix("\n")
    return int(text) if reply.status == 409 and text.isascii() and text.isdigit() and len(text) <= 18 else None


def _accept(witness: Witness, checkpoint: Checkpoint, reply: Reply) -> WitnessAnswer:
    try:
        lines = translog.accept_cosignatures(reply.text, checkpoint.note, [witness.key])
        at, = {signature.time for line in lines for signature in
               translog.open_note(translog.split_note(checkpoint.note)[0] + "\n" + line, [witness.key]).signatures}
    except (translog.NoteError, ValueError) as wrong:
        return _answered(witness, WitnessAnswer.REFUSED, f"200, but no good cosignature: {wrong}"[:300])
    if at is None or at > LATEST_SIGNATURE:
        return _answered(witness, WitnessAnswer.REFUSED, "200, but its cosignature bears no possible time")
    Cosignature.objects.update_or_create(
        checkpoint=checkpoint, witness=str(witness.key), defaults={"line": lines[0], "cosigned_at": datetime.fromtimestamp(at, UTC)})
    return _answered(witness, WitnessAnswer.OK, "")


def _answered(witness: Witness, outcome: str, detail: str) -> WitnessAnswer:
    said, _made = WitnessAnswer.objects.update_or_create(
        witness=str(witness.key), defaults={"asked_at": clock.now(), "outcome": outcome, "detail": detail})
    return said


def _caught(witness: Witness, kind: str, theirs: int, checkpoint: Checkpoint) -> WitnessAnswer:
    """A witness contradicts the log: kept with what it cosigned before, where that is here, and what the log signed now."""
    before = Cosignature.objects.filter(witness=str(witness.key)).select_related("checkpoint").order_by("-checkpoint__size").first()
    evidence = (note_of(before.checkpoint) + "\n" if before else "") + checkpoint.note
    keep_fork(kind, theirs, evidence, same_as=f"{witness.key} {theirs}", found_by=witness.key.name)
    return _answered(witness, WitnessAnswer.REFUSED, f"{theirs}")


def keep_fork(kind: str, tree_size: int, evidence: str, *, same_as: str, found_by: str = "") -> Fork:
    """Keep a contradiction, once however often it is found: `same_as` says what makes two of them one."""
    with transaction.atomic():
        fork, _made = Fork.objects.get_or_create(
            identity=sha256(f"{kind} {same_as}".encode()).hexdigest(),
            defaults={"kind": kind, "size": tree_size, "evidence": evidence, "found_by": found_by, "found_at": clock.now(), "entries_here": size()})
    return fork


def note_of(checkpoint: Checkpoint) -> str:
    """The checkpoint with the cosignatures that it has."""
    return translog.add_signatures(checkpoint.note, checkpoint.cosignatures.order_by("pk").values_list("line", flat=True))


def newest_cosigned(at_least: int = 0) -> Checkpoint | None:
    """The newest checkpoint that a witness cosigned, of a tree that has this many entries at least."""
    return Checkpoint.objects.filter(cosignatures__isnull=False, size__gte=at_least).order_by("-size").first()


def compare(note: str) -> Comparison:
    """Compare a checkpoint that somebody kept with the log as it is. Invalid: this log did not sign it.

    The first root of its tree that the log's key signed and that the entries here do not give is a fork, and is kept for everybody to see.
    """
    try:
        kept = translog.parse_checkpoint(note)
        translog.open_checkpoint(note, keys_for(kept.size))
    except translog.NoteError as wrong:
        raise Invalid(Problem(
            _("This is not a checkpoint that this log signed: %s") % wrong,
            _("Give the whole text, from the log's name to the last line of signatures, as it was served."), field="checkpoint")) from None
    now = sign()
    if kept.size > now.size:
        return Comparison(kept, now, (), keep_fork(Fork.ROLLED_BACK, kept.size, note, same_as=kept.text()))
    if translog.tree_head(kept.size, read_tile) != kept.root:
        return Comparison(kept, now, (), keep_fork(Fork.SECOND_ROOT, kept.size, note, same_as=kept.text()))
    return Comparison(kept, now, tuple(translog.prove_consistency(kept.size, now.size, read_tile)), None)
