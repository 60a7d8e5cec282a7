"""Two witnesses of the demonstration's log, in ENDUSE_HOME: a parliament's, which saw all of it, and a university's, which is behind.

And what courts ordered to be forgotten: one such order that was given, one that waits for a countersigner. `enduse witness serve` runs the first; `enduse log cosign` then asks both, and finds that the other does not answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings

from enduse import clock
from enduse.demo.people import Cast
from enduse.demo.story import at
from enduse.ledger import forgetting
from enduse.ledger.keys import signer
from enduse.ledger.witness import Witness
from enduse.ledger.witnesses import Reply, configured, cosign
from enduse.tracing.models import Recovery

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


def forget(cast: Cast) -> None:
    """Two of the oldest recoveries: a court had the words of one forgotten, and asks the same of the other."""
    first, second = Recovery.objects.order_by("pk")[:2]
    tracer = cast.users["tracer"]
    with at(date(2011, 11, 14), 11):
        proposal = forgetting.propose(first.pk, by=tracer, authority="Order 118/2011 of the third district court",
                                      reason="The place of the find is a private house; its owner was acquitted.")
    with at(date(2011, 11, 15), 9):
        forgetting.answer(proposal, by=cast.users["countersigner"], ordered=True)
    with at(date(2011, 12, 29), 15):
        forgetting.propose(second.pk, by=tracer, authority="Order 140/2011 of the third district court",
                           reason="A witness who is protected may be known by the place.")
