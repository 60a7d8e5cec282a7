"""`enduse init`, `serve`, `demo`, `rebuild`, `user`: commands of an installation."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from enduse.cli.transport import set_up, user_named


def migrate() -> None:
    from django.core.management import call_command

    from enduse.cli import fresh

    if fresh.is_empty():
        fresh.make_tables()
    call_command("migrate", verbosity=0, interactive=False)
    from enduse.certificates.keeping import keep_missing as keep_missing_certificates
    from enduse.licensing.keeping import keep_missing as keep_missing_cases

    keep_missing_cases()
    keep_missing_certificates()
    note_sizes()


def note_sizes() -> None:
    """Let SQLite look how its tables are filled, a thousand rows of each index: else it takes the wrong one where many would do.

    PostgreSQL looks by itself.
    """
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=1000")
            cursor.execute("ANALYZE")
            # Few rows correct another, so the figures of those indexes tell of empty fields, and keep SQLite from looking a correction up by them.
            cursor.execute("DELETE FROM sqlite_stat1 WHERE EXISTS (SELECT 1 FROM pragma_index_info(idx) WHERE name = 'corrects_id')")
            cursor.execute("ANALYZE sqlite_schema")  # read the figures anew


@click.command()
def init() -> None:
    """Make or bring up to date the database and the keys in ENDUSE_HOME."""
    set_up()
    migrate()
    from django.conf import settings

    from enduse.ledger.keys import signer

    click.echo(f"Ready in {settings.ENDUSE_HOME}. The log's public key: {signer().verifier}")
    click.echo("Make the first administrator with: enduse user make NAME --role administrator")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=int)
@click.option("--workers", default=1, show_default=True, type=int, help="Processes; more than one wants PostgreSQL.")
def serve(host: str, port: int, workers: int) -> None:
    """Run the site on the installation in ENDUSE_HOME."""
    set_up()
    migrate()
    _serve(host, port, workers)


def _serve(host: str, port: int, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    with _asking_witnesses():
        Granian("enduse.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=workers, blocking_threads=4,
                log_access=False, workers_kill_timeout=3).serve()


@contextmanager
def _asking_witnesses() -> Iterator[None]:
    """While the site runs, `enduse log cosign --every 60` runs beside it where the log has witnesses, and ends with it however it ends."""
    from enduse.ledger.witnesses import configured
    from enduse.refusals import Invalid

    try:
        asks = bool(configured())
    except Invalid as invalid:  # the monitor page shows it too
        click.echo(f"The witnesses are not asked: {invalid}", err=True)
        asks = False
    asking = subprocess.Popen([sys.executable, "-m", "enduse", "log", "cosign", "--every", "60", "--under", str(os.getpid())]) if asks else None
    try:
        yield
    finally:
        if asking is not None:
            asking.terminate()
            asking.wait()


@click.command()
@click.option("--load-only", is_flag=True, help="Load the world and exit.")
@click.option("--seed", default=2012, show_default=True, type=int, help="The same seed gives the same world.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
def demo(load_only: bool, seed: int, host: str, port: int) -> None:
    """The demonstration: a world shaped by the public figures, loaded once into ENDUSE_HOME, and the site running."""
    set_up()
    migrate()
    from django.conf import settings

    from enduse.cli.progress import bar
    from enduse.demo import load

    if load.is_loaded():
        click.echo(f"The demonstration is in {settings.ENDUSE_HOME} already.", err=True)
    elif load.is_half_loaded():
        click.echo(f"An earlier load into {settings.ENDUSE_HOME} was interrupted. Delete that folder and begin again.", err=True)
        sys.exit(2)
    elif load.has_casework():
        click.echo(f"{settings.ENDUSE_HOME} holds real casework; a demonstration wants an empty ENDUSE_HOME.", err=True)
        sys.exit(2)
    else:
        with bar("Loading the demonstration") as tell:
            summary = load.load(seed=seed, tell=tell)
        click.echo(summary)
    if load_only:
        return
    click.echo(load.what_to_try(f"http://{host}:{port}/"))
    _serve(host, port, 1)


@click.command()
def rebuild() -> None:
    """Derive every derived state again from the facts, and say what differed."""
    set_up()
    from enduse.certificates.keeping import rebuild as rebuild_certificates
    from enduse.custody.holdings import rebuild as rebuild_holdings
    from enduse.licensing.keeping import rebuild as rebuild_cases
    from enduse.tracing.register import rebuild as rebuild_register

    drifts = rebuild_holdings()
    for drift in drifts:
        click.echo(f"firearm {drift.firearm}: kept {drift.kept}, its events say {drift.explained}: mended")
    cases, certificates = rebuild_cases(), rebuild_certificates()
    click.echo(f"{len(drifts)} holdings, {cases} cases and {certificates} certificates differed. {rebuild_register()} firearms and watched serials indexed for tracing.")
    sys.exit(1 if drifts or cases or certificates else 0)


@click.command("import-register")
@click.argument("register", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--made-on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day they were made and marked.")
@click.option("--reference", default="", help="The order or batch.")
@click.pass_context
def import_register(ctx: click.Context, register: Path, made_on: datetime, reference: str) -> None:
    """Enter the firearms of the CSV file REGISTER, however many, as the maker that the user acts for.

    Columns make, model, type, calibre, serial; year and country if known. The whole file is checked first and every fault named;
    then it is entered in parts of 20,000, each an entry of the log. Run an interrupted import again: it goes on after its last
    part. At the end the firearms are indexed for tracing.
    """
    set_up()
    from enduse.cli.progress import bar
    from enduse.custody.importing import import_made
    from enduse.refusals import Invalid, Refused
    from enduse.tracing.register import register as index

    by = user_named(ctx.find_root().obj.user)
    try:
        with bar("Importing") as tell:
            entered = import_made(register, made_on=made_on.date(), by=by, reference=reference, tell=tell)
            tell(entered.firearms, entered.firearms, "indexing")
            searchable = len(index())
    except (Invalid, Refused) as error:
        for problem in getattr(error, "problems", ())[:20]:
            click.echo(f"! {problem}", err=True)
        raise click.ClickException(f"{error.total:,} to mend; nothing was entered." if isinstance(error, Invalid) else str(error)) from error
    click.echo(f"{entered.firearms - entered.before:,} firearms entered, {entered.before:,} by an earlier run. {searchable:,} can be traced.")


@click.command()
def daily() -> None:
    """What is due each day: reminders, and alerts on what is overdue or broken. Run it once a day; twice does no harm.

    Questions to applicants, enquiries about end users, the conditions of live licences with their returns, states to be told why a licence
    was granted that they had denied.
    """
    set_up()
    from enduse.deliveries.duties import tell_of_wrong
    from enduse.licensing.actions import remind
    from enduse.licensing.actions.consulting import tell_of_unexplained
    from enduse.licensing.advisories.actions import tell_of_overdue

    reminded, late = remind()
    enquiries, conditions, untold = tell_of_overdue(), tell_of_wrong(by=None), tell_of_unexplained()
    note_sizes()
    click.echo(f"{reminded} applicants reminded of a question; {late} questions not answered in time.")
    click.echo(f"{len(enquiries)} enquiries waited too long; {len(conditions)} conditions or returns told as overdue or broken.")
    click.echo(f"{len(untold)} licences of whose reasons a state that denied is still to be told.")
    for alert in conditions:
        click.echo(f"  {alert.because}")


@click.group()
def user() -> None:
    """Users of the installation."""


@user.command()
@click.argument("username")
@click.option("--role", required=True, help="applicant, exporter, custodian, licensing_officer, countersigner, monitor, ...")
@click.option("--party", type=int, help="The id of the party that the user acts for.")
@click.password_option()
def make(username: str, role: str, party: int | None, password: str) -> None:
    """Make the user USERNAME in one role."""
    set_up()
    from enduse.accounts.actions import make_user
    from enduse.parties.actions import add_member
    from enduse.parties.models import Party
    from enduse.refusals import Invalid

    acts_for = Party.objects.filter(pk=party).first() if party is not None else None
    if party is not None and acts_for is None:
        raise click.ClickException(f"There is no party {party} here. 'enduse --as USER parties list-parties' shows them.")
    try:
        made = make_user(username=username, role=role, password=password, by=None)
    except Invalid as invalid:
        raise click.ClickException(str(invalid)) from invalid
    if acts_for is not None:
        add_member(acts_for, made, by=None)
    click.echo(f"{made.username} is {made.get_role_display()}.")


COMMANDS = (init, serve, demo, rebuild, import_register, daily, user)
