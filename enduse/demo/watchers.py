"""Two witnesses of the demonstration's log, in ENDUSE_HOME: a parliament's, which saw all of it, and a university's, which is behind.

`enduse witness serve` runs the first; `enduse log cosign` then asks both, and finds that the other does not answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from enduse import clock
from enduse.ledger.keys import signer
from enduse.ledger.witness import Witness
from enduse.ledger.witnesses import Reply, configured, cosign

NAMES = {"witness": "witness.example/parliament", "witness-university": "witness.example/university"}
ADDRESSES = {"witness": "http://127.0.0.1:8101", "witness-university": "http://127.0.0.1:8102"}


def make() -> None:
    """The witnesses, told which log they watch; the log, told who its witnesses are."""
    lines = ["# Who cosigns this log: the witness's public key and the address that it answers at."]
    for folder, name in NAMES.items():
        witness = Witness.make(settings.ENDUSE_HOME / folder, name)
        witness.trust(str(signer().verifier))
        lines.append(f"{witness.signer.verifier} {ADDRESSES[folder]}")
    (settings.ENDUSE_HOME / "witnesses.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def see(folders: Iterable[str] = NAMES) -> None:
    """These witnesses cosign the log as it is now; the others are not asked."""
    by_address = {f"{ADDRESSES[folder]}/add-checkpoint": Witness(settings.ENDUSE_HOME / folder) for folder in folders}

    def send(address: str, body: str) -> Reply:
        answer = by_address[address].answer(body.encode(), now=int(clock.now().timestamp()))
        return Reply(answer.status, answer.content_type, answer.body)

    cosign(send=send, witnesses=[each for each in configured() if f"{each.address}/add-checkpoint" in by_address])
