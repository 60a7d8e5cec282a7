"""`enduse witness ...`: watch over another log, and cosign it as long as it only grows."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from enduse.ledger.witness import Witness


def _folder() -> Path:
    return Path(os.environ.get("ENDUSE_WITNESS") or Path(os.environ.get("ENDUSE_HOME", "var")) / "witness").resolve()


def _here() -> Witness:
    from enduse.engines.translog import TranslogError
    from enduse.ledger.witness import Witness, WitnessError

    found = Witness(_folder())
    try:
        _ = found.signer
    except (WitnessError, TranslogError) as error:
        raise click.ClickException(str(error)) from error
    return found


@click.group()
def witness() -> None:
    """A witness for another log: it cosigns what continues what it cosigned before, and keeps the proof of anything else.

    It lives in the folder ENDUSE_WITNESS (default: ENDUSE_HOME/witness) and needs no other part of an installation.
    """


@witness.command()
@click.argument("name")
def init(name: str) -> None:
    """Make a witness called NAME, such as witness.example.org/w1, and print its public key: give that to the log."""
    from enduse.engines.translog import TranslogError
    from enduse.ledger.witness import Witness, WitnessError

    try:
        made = Witness.make(_folder(), name)
    except (WitnessError, TranslogError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(str(made.signer.verifier))


@witness.command()
@click.argument("key")
def trust(key: str) -> None:
    """Witness the log whose public key is KEY (it serves it at /log/key; compare it with what it printed)."""
    from enduse.engines.translog import TranslogError
    from enduse.ledger.witness import WitnessError

    try:
        _here().trust(key)
    except (WitnessError, TranslogError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"This witness now answers the log {key.partition('+')[0]}.")


@witness.command()
@click.argument("note", type=click.Path(exists=True, dir_okay=False))
def follow(note: str) -> None:
    """Take a log's new key from the file NOTE, by which it changed it and which both keys signed."""
    from enduse.engines.translog import TranslogError
    from enduse.ledger.witness import WitnessError

    try:
        key = _here().follow(Path(note).read_text(encoding="utf-8"))
    except (WitnessError, TranslogError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"The log's key is now {key}")


@witness.command()
def status() -> None:
    """What is witnessed, what was cosigned last, and what was caught."""
    found = _here()
    click.echo(f"Witness {found.signer.verifier}")
    for log in found.logs():
        when = f"{log.size} entries, {datetime.fromtimestamp(log.time, UTC):%Y-%m-%d %H:%M:%S} UTC" if log.time is not None else "nothing cosigned yet"
        click.echo(f"{log.origin}: {when}")
    for each in found.evidence():
        click.echo(f"CAUGHT  {datetime.fromtimestamp(each.time, UTC):%Y-%m-%d %H:%M:%S} UTC  {each.what}")


@witness.command()
def evidence() -> None:
    """Print every request that contradicts what a log signed before, with that earlier checkpoint."""
    for each in _here().evidence():
        click.echo(f"{each.what}\n\nBefore:\n{each.before}\nThen it asked:\n{each.request}")


@witness.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; put a TLS proxy in front for others.")
@click.option("--port", default=8101, show_default=True, type=int)
def serve(host: str, port: int) -> None:
    """Answer logs that ask for a cosignature (POST /add-checkpoint)."""
    from granian import Granian
    from granian.constants import Interfaces

    os.environ["ENDUSE_WITNESS"] = str(_here().folder)
    Granian("enduse.ledger.witness:application", address=host, port=port, interface=Interfaces.WSGI, workers=1, blocking_threads=2,
            log_access=False, workers_kill_timeout=3).serve()


COMMANDS = (witness,)
