"""`enduse log ...` and `enduse proof ...`: checking that nobody changed anything that was logged."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any, TextIO

import click

from enduse.cli.transport import set_up


@click.group()
def log() -> None:
    """The public log: verify it, sign it."""


@log.command()
@click.option("--key", "trusted", metavar="KEY", help="A public key of the log that you kept: its changes must lead from it to the present one.")
def verify(trusted: str | None) -> None:
    """Recompute everything that was logged from the database and name every difference."""
    set_up()
    from enduse.cli.progress import bar
    from enduse.engines import translog
    from enduse.ledger.verification import verify as verify_log

    try:
        kept = translog.Verifier.parse(trusted) if trusted else None
    except translog.TranslogError as error:
        raise click.ClickException(str(error)) from error
    with bar("Verifying") as progress:
        found = verify_log(progress, trusted=kept)
    click.echo(f"{found.leaves} entries, {found.checkpoints} signed checkpoints, {len(found.forgotten)} forgotten by order.")
    click.echo(f"Root {found.root.hex()}")
    for forgotten in found.forgotten:
        click.echo(str(forgotten))
    for difference in found.differences:
        click.echo(f"DIFFERENT  {difference}", err=True)
    if found.differences:
        sys.exit(1)
    click.echo("Everything in the database is as it was logged.")


@log.command()
def checkpoint() -> None:
    """Print the signed checkpoint of the log as it is now."""
    set_up()
    from enduse.ledger.actions import sign
    from enduse.ledger.witnesses import note_of

    click.echo(note_of(sign()), nl=False)


@log.command()
def key() -> None:
    """Print the log's public key, which verifies its checkpoints and proofs."""
    set_up()
    from enduse.ledger.keys import signer

    click.echo(str(signer().verifier))


@log.command()
def rotations() -> None:
    """Print the notes by which the log changed its key, oldest first: a witness follows them with 'enduse witness follow'."""
    set_up()
    from enduse.ledger.keys import rotations

    click.echo("\n".join(rotations()), nl=False)


@log.command(name="apply-orders")
def apply_orders() -> None:
    """Forget again what orders say is forgotten and an old backup brought back."""
    set_up()
    from enduse.ledger.forgetting import apply_orders

    for index in apply_orders():
        click.echo(f"Entry {index} was forgotten again.")


@log.command(name="new-key")
def new_key() -> None:
    """Print a new private key of this log, for ENDUSE_LOG_KEY or ENDUSE_LOG_NEW_KEY. It is kept nowhere else."""
    set_up()
    from django.conf import settings

    from enduse.engines.translog import new_key

    click.echo(new_key(settings.ENDUSE_LOG_ORIGIN))


@log.command()
@click.option("--every", type=click.IntRange(min=5), metavar="SECONDS", help="Go on asking, so often, until stopped.")
@click.option("--under", type=int, hidden=True, help="End with the process of this number, which started this one.")
def cosign(every: int | None, under: int | None) -> None:
    """Ask the log's witnesses to cosign it as it is now (they stand in ENDUSE_LOG_WITNESSES or ENDUSE_HOME/witnesses.txt)."""
    set_up()
    from enduse.ledger.witnesses import configured, cosign
    from enduse.refusals import Invalid

    try:
        if not configured():
            raise click.ClickException("This log has no witnesses yet. Write their keys and addresses into witnesses.txt: see docs/log.md.")
        if every is not None:
            return _keep_asking(every, under)
        answers = cosign()
    except Invalid as invalid:
        raise click.ClickException(str(invalid)) from invalid
    for answer in answers:
        click.echo(_in_words(answer))
    sys.exit(0 if all(answer.outcome == answer.OK for answer in answers) else 1)


def _keep_asking(every: int, under: int | None) -> None:
    """Ask so often until stopped, or until the process that started this one is gone; what changed since the last time is printed."""
    from django.db import DatabaseError, close_old_connections

    from enduse.ledger.witnesses import cosign
    from enduse.refusals import Invalid, Refused

    told: set[str] = set()
    while under in (None, os.getppid()):
        try:
            now = {_in_words(answer) for answer in cosign()}
        except (DatabaseError, Invalid, Refused) as error:  # a lock that was held too long, a list that is being edited: asked again next time
            now = {f"Not asked: {error}"}
        for line in sorted(now - told):
            click.echo(line)
        told = now
        close_old_connections()
        until = time.monotonic() + every
        while time.monotonic() < until and under in (None, os.getppid()):
            time.sleep(min(1.0, every))


def _in_words(answer: Any) -> str:
    return f"{answer.witness.partition('+')[0]}: {answer.get_outcome_display()} {answer.detail}".rstrip()


@log.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
def compare(file: TextIO) -> None:
    """Compare the checkpoint in FILE, which somebody kept, with the log as it is: it must begin with it."""
    set_up()
    from enduse.ledger.witnesses import compare
    from enduse.refusals import Invalid

    try:
        found = compare(file.read())
    except Invalid as invalid:
        raise click.ClickException(str(invalid)) from invalid
    if found.fork is not None:
        click.echo(f"FORK  {found.fork.get_kind_display()}: {found.fork.size} entries were signed for; {found.fork.entries_here} are here.", err=True)
        sys.exit(1)
    click.echo(f"The log of {found.now.size} entries begins with the {found.kept.size} that it had then.")


@click.group()
def proof() -> None:
    """Proof files: make one of an event, verify one without any database."""


@proof.command()
@click.argument("event", type=int)
@click.option("--item", type=int, help="Prove one of its firearms alone (counted from 0).")
@click.option("--out", type=click.Path(dir_okay=False), help="Write to this file instead of printing.")
def make(event: int, item: int | None, out: str | None) -> None:
    """Make the proof file of the log's entry number EVENT."""
    set_up()
    from enduse.ledger.proofs import fact_at, proof_of
    from enduse.refusals import Refused

    fact = fact_at(event)
    if fact is None:
        raise click.ClickException(f"The log has no entry {event} with its fact.")
    try:
        text = proof_of(fact, item=item)
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    if out:
        Path(out).write_text(text, encoding="utf-8")
        click.echo(f"Wrote {out}")
    else:
        click.echo(text, nl=False)


@proof.command(name="verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--key", "keys", multiple=True, required=True, help="The log's public key, as it publishes it (may be given again).")
@click.option("--rotation", "notes", multiple=True, type=click.Path(exists=True, dir_okay=False), help="A note by which the log changed its key since (in order).")
@click.option("--witness", "witnesses", multiple=True, help="A witness's public key (may be given again).")
@click.option("--need", type=int, default=0, show_default=True, help="How many of those witnesses must have cosigned.")
def verify_file(file: str, keys: tuple[str, ...], notes: tuple[str, ...], witnesses: tuple[str, ...], need: int) -> None:
    """Verify a proof file with the log's public key: no database, no network."""
    import json

    from enduse.engines import translog

    try:
        text = Path(file).read_text(encoding="utf-8")
        proved = translog.verify_event_proof(text, [*_keys_for(text, keys, notes), *witnesses], witnesses=need)
    except translog.TranslogError as error:
        raise click.ClickException(f"This proves nothing: {error}") from error
    click.echo(f"Proved: entry {proved.leaf.index} of log {proved.leaf.checkpoint.origin}, which had {proved.leaf.checkpoint.size} entries.")
    click.echo(json.dumps(proved.content, indent=2, ensure_ascii=False))
    if proved.item is not None:
        click.echo(f"and its item {proved.item_index}: {json.dumps(proved.item, ensure_ascii=False)}")


def _keys_for(text: str, keys: tuple[str, ...], notes: tuple[str, ...]) -> list[Any]:
    """The keys that may have signed the checkpoint of this proof: those that were given, or what they were changed to by its size."""
    from enduse.engines import translog

    if not notes:
        return list(keys)
    size = translog.parse_checkpoint(translog.parse_tlog_proof(translog.parse_event_proof(text).leaf).checkpoint).size
    rotations = [Path(note).read_text(encoding="utf-8") for note in notes]
    return [each for key in keys for each in translog.keys_for(size, key, rotations)]


COMMANDS = (log, proof)
