"""A witness of other logs (c2sp.org/tlog-witness): cosigns a checkpoint that continues what it cosigned before.

Pure: request and last state in, answer and next state out. The caller reads the state, calls `add_checkpoint` and
stores `Answer.state` in one transaction, before it sends the answer; else two requests at once could roll a log back.
"""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .checkpoints import Checkpoint, cosign, parse_checkpoint, parse_size
from .errors import NoteError, ProofError
from .merkle import EMPTY_ROOT, HASH_SIZE, verify_consistency
from .notes import Signer, Verifier, open_note, split_note, unb64

MAX_PROOF_LINES = 63
TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Witnessed:
    """The latest tree of one log that the witness cosigned, and when (seconds since 1970)."""

    size: int
    root: bytes
    time: int


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A parsed request: the size last cosigned according to the log, the proof from there, the signed checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    note: str
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer to a log.

    `state`: when the checkpoint was cosigned, what to store before answering. `misbehaviour`: a sentence when the
    request, signed by the log, contradicts what the log signed before; such a request is worth keeping as evidence.
    """

    status: int
    body: str
    content_type: str = TEXT
    state: Witnessed | None = None
    misbehaviour: str | None = None


def make_add_checkpoint(old_size: int, proof: Sequence[bytes], note: str) -> str:
    """The body of a log's request for a cosignature."""
    hashes = "".join(base64.b64encode(value).decode() + "\n" for value in proof)
    return f"old {old_size}\n{hashes}\n{note}"


def parse_add_checkpoint(body: str | bytes) -> AddCheckpoint:
    """Read a request; NoteError when it is malformed. No signature is checked."""
    try:
        text = body.decode() if isinstance(body, bytes) else body
    except UnicodeDecodeError as wrong:
        raise NoteError(f"the request is not UTF-8: {wrong}") from None
    head, gap, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    if not gap or not first.startswith("old "):
        raise NoteError("a request is a line 'old <size>', lines of proof, an empty line and a signed checkpoint")
    if len(lines) > MAX_PROOF_LINES:
        raise NoteError(f"the request has {len(lines)} lines of proof; at most {MAX_PROOF_LINES} are read")
    proof = tuple(unb64(line, f"line {number} of the proof") for number, line in enumerate(lines, 1))
    for number, value in enumerate(proof, 1):
        if len(value) != HASH_SIZE:
            raise NoteError(f"line {number} of the proof has {len(value)} bytes; a SHA-256 hash has 32")
    return AddCheckpoint(parse_size(first[4:], "the old size"), proof, note, parse_checkpoint(split_note(note)[0]))


def add_checkpoint(
    body: str | bytes,
    *,
    logs: Mapping[str, Sequence[Verifier]],
    latest: Callable[[str], Witnessed | None],
    witness: Signer,
    now: int,
) -> Answer:
    """Answer a request. `logs`: trusted keys by origin; `latest(origin)`: the stored state; `now`: seconds since 1970.

    200 with the cosignature; 400 malformed; 403 not signed by the log; 404 unknown log; 409 and the size last cosigned,
    or a second root for one size; 422 not a continuation. A clock set back gives no earlier time than the last one.
    """
    try:
        request = parse_add_checkpoint(body)
    except NoteError as wrong:
        return Answer(400, f"{wrong}\n")
    head = request.checkpoint
    refused = _not_trusted(request, logs.get(head.origin))
    if refused:
        return refused
    if request.old_size > head.size:
        return Answer(400, f"the old size {request.old_size} is larger than the checkpoint's size {head.size}\n")
    last = latest(head.origin)
    if request.old_size != (last.size if last else 0):
        return Answer(409, f"{last.size if last else 0}\n", SIZE)
    refused = _not_continued(request, last)
    if refused:
        return refused
    time = max(now, last.time) if last else now
    return Answer(200, cosign(request.note, witness, time), state=Witnessed(head.size, head.root, time))


def accept_cosignatures(answer: str, note: str, witnesses: Iterable[Verifier | str]) -> list[str]:
    """The lines of a witness's answer that are valid cosignatures of known witnesses over this checkpoint.

    Lines of unknown keys are dropped. Raises NoteError when nothing valid is left.
    """
    text, _ = split_note(note)
    if not answer.startswith("—") or not answer.endswith("\n"):
        raise NoteError(f"the witness answered {answer[:80]!r} instead of signature lines")
    opened = open_note(f"{text}\n{answer}", witnesses)
    lines = [line for line in split_note(f"{text}\n{answer}")[1] if line not in opened.unknown]
    if any(signature.time is None for signature in opened.signatures):
        raise NoteError("the witness answered with a plain signature instead of a timestamped cosignature")
    return lines


def _not_trusted(request: AddCheckpoint, keys: Sequence[Verifier] | None) -> Answer | None:
    if not keys:
        return Answer(404, f"this witness does not know the log {request.checkpoint.origin}\n")
    try:
        open_note(request.note, keys)
    except NoteError as wrong:
        return Answer(403, f"{wrong}\n")
    return None


def _not_continued(request: AddCheckpoint, last: Witnessed | None) -> Answer | None:
    head = request.checkpoint
    if last and head.size == last.size and head.root != last.root:
        fork = f"{head.origin} signed two roots for {head.size} leaves: {last.root.hex()} and {head.root.hex()}"
        return Answer(409, f"{last.size}\n", SIZE, misbehaviour=fork)
    size, root = (last.size, last.root) if last else (0, EMPTY_ROOT)
    try:
        verify_consistency(size, root, head.size, head.root, request.proof)
    except ProofError as wrong:
        fork = f"{head.origin} showed no continuation from {size} to {head.size} leaves: {wrong}"
        return Answer(422, f"{wrong}\n", misbehaviour=fork)
    return None
