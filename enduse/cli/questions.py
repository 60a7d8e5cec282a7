"""`enduse trace`, `enduse estimate`: the engines' questions, on files or on the installation."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from enduse.cli.transport import set_up, user_named

if TYPE_CHECKING:
    from enduse.engines.serials import Calibration


class MarksOrCommand(click.Group):
    """`enduse trace W3?5B72` searches; `enduse trace batch ...` is the command of that name."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["marks", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=MarksOrCommand)
def trace() -> None:
    """Whose gun is this? `enduse trace 'W3?5B72' --make colt`, or `enduse trace batch` for files."""


@trace.command(hidden=True)
@click.argument("marks")
@click.option("--make", default="", help="The make as read.")
@click.option("--type", "firearm_type", default="", help="The type, as in the reference list.")
@click.option("--calibre", default="")
@click.option("--year", type=int)
@click.option("--slide", "slide_marks", default="", help="Marks on the slide; several apart by semicolons, as for the next three.")
@click.option("--barrel", "barrel_marks", default="", help="Marks on the barrel.")
@click.option("--importer", "importer_marks", default="", help="The importer's mark.")
@click.option("--other", "other_marks", default="", help="Marks in another place.")
@click.option("--doubtful", multiple=True, type=click.Choice(["make", "type", "calibre", "year"]), help="What was read with doubt.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 50))
@click.pass_context
def marks(
    ctx: click.Context, marks: str, make: str, firearm_type: str, calibre: str, year: int | None, doubtful: tuple[str, ...], limit: int, **elsewhere: str
) -> None:
    """Search the installation's register for marks as read: ? one unreadable character, * an unreadable end, [5S] either.

    * alone when the frame's serial was removed: the best of the other marks is searched.
    """
    set_up()
    from enduse.accounts.actions import note_read
    from enduse.accounts.permissions import permit
    from enduse.refusals import Invalid, Refused
    from enduse.tracing.ranking import read, search
    from enduse.tracing.reading import others_in

    user = user_named(ctx.find_root().obj.user)
    try:
        permit(user, "tracing.search")
        asked = read(marks, make=make, firearm_type=firearm_type, calibre=calibre, year=year, other_marks=others_in(elsewhere), doubtful=doubtful)
        ranking = search(asked, limit=limit)
    except (Invalid, Refused) as error:
        raise click.ClickException(str(error)) from error
    note_read(user, "firearm", f"search {marks}")
    for item in ranking.items:
        gun = item.gun
        held = f"{item.holding.get_state_display()}: {item.holding.party}" if item.holding else "watched by an operation"
        against = f"  ! {item.contradiction}" if item.contradiction else ""
        click.echo(f"{item.probability:7.1%}  {gun.make} {gun.model} {gun.serial}  {held}{against}")
        for other in item.elsewhere:
            click.echo(f"         {other.place or 'frame'} {other.text}: {'agrees' if other.fits else 'another number'}")
    click.echo(f"{ranking.none_probability:7.1%}  none of these (of {ranking.searched:,} searched)")


@trace.command()
@click.option("--register", "register_csv", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--recoveries", "recoveries_csv", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", "out_csv", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--fit", is_flag=True, help="Fit the error model to this batch, without labels.")
def batch(register_csv: Path, recoveries_csv: Path, out_csv: Path, fit: bool) -> None:
    """Trace a CSV of recoveries against a CSV register: no installation needed.

    The register has the column serial and, where known, make, model, type, calibre, year; the recoveries have id, marks and,
    where read, make, model, type, calibre, year. The candidates come as id, rank, row, serial, probability, none_probability.
    """
    from enduse.cli.progress import bar
    from enduse.engines.serials import batch as engine

    with bar("Tracing") as progress:
        try:
            traced = engine.trace_file(register_csv, recoveries_csv, out_csv, fit=fit, progress=progress)
        except ValueError as error:
            raise click.ClickException(str(error)) from error
    for recovery, why in traced.unanswered:
        click.echo(f"! {recovery}: {why}", err=True)
    click.echo(f"{traced.recoveries:,} recoveries in {out_csv}, {len(traced.unanswered):,} of them without an answer.")


@trace.command()
@click.option("--register", "register_csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--recoveries", "recoveries_csv", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--fit", is_flag=True, help="Fit the error model to the first half, without its rows, and judge the second half.")
@click.option("--version", default="", help="Without files: only what this version of the error model claimed.")
@click.option("--json", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write the whole result here.")
@click.pass_context
def calibrate(ctx: click.Context, register_csv: Path | None, recoveries_csv: Path | None, fit: bool, version: str, out: Path | None) -> None:
    """Do the chances mean what they say? On the installation in ENDUSE_HOME, or on files of recoveries whose gun is known.

    Without files: what its rankings claimed when they were first confirmed, against what is confirmed now. With files no
    installation is needed. The files are those of `batch`, and each recovery has a row: that of its gun in the register, counted from 0 without the
    line of names; -1 or empty when the register does not hold it.
    """
    if register_csv is None and recoveries_csv is None and not fit:
        _calibrate_here(ctx, version, out)
        return
    if register_csv is None or recoveries_csv is None or version:
        raise click.UsageError("Files are judged with --register and --recoveries, both; the installation with neither, and --version if you like.")
    from enduse.cli.progress import bar
    from enduse.engines.serials import judge

    with bar("Tracing") as progress:
        try:
            judged = judge.judge_file(register_csv, recoveries_csv, fit=fit, progress=progress)
        except ValueError as error:
            raise click.ClickException(str(error)) from error
    if out:
        out.write_text(json.dumps(judged.as_dict(), indent=1, ensure_ascii=False), encoding="utf-8")
    for recovery, why in judged.unanswered:
        click.echo(f"! {recovery}: {why}", err=True)
    fitted = f", with an error model fitted to {judged.fitted_on:,} others" if fit else ""
    click.echo(f"{judged.recoveries:,} recoveries judged against {judged.guns:,} guns{fitted}; {len(judged.unanswered):,} without an answer.")
    if judged.found_first is not None and judged.found_in_ten is not None:
        click.echo(f"The register holds the gun of {judged.held:,}: ranked first {judged.found_first:.1%}, among the first ten {judged.found_in_ten:.1%}.")
    _tell_bins("The likeliest candidate is the gun", judged.likeliest)
    _tell_bins("None of the register's guns is", judged.none)


def _calibrate_here(ctx: click.Context, version: str, out: Path | None) -> None:
    """The table of the page of calibration, from the same operation as the API's."""
    from enduse.cli import transport
    from enduse.cli.operations import show
    from enduse.engines.serials import Bin, Calibration

    status, said = transport.ask(ctx.find_root().obj, "GET", "/api/tracing/calibration", query={"version": version}, body={}, files={}, is_form=False)
    if status >= 400:
        show((status, said))
    if out:
        out.write_text(json.dumps(said, indent=1, ensure_ascii=False), encoding="utf-8")
    click.echo(f"{said['traces']:,} settled traces{f' of {version}' if version else ''}, {said['unsearched']:,} of them without an answer.")
    for claim, told in (("The likeliest candidate is the gun", said["likeliest"]), ("None of the register's guns is", said["none"])):
        bins = tuple(Bin(each["low"], each["high"], each["claims"], each["claimed"] or 0.0, each["happened"] or 0.0) for each in told["bins"])
        _tell_bins(claim, Calibration(bins, told["expected_calibration_error"] or 0.0, told["claims"]))
        click.echo(f"  {told['verdict']}")


def _tell_bins(claim: str, found: Calibration) -> None:
    if not found.number:
        click.echo(f"\n{claim}: nothing was claimed.")
        return
    click.echo(f"\n{claim}: expected calibration error {found.error:.3f} over {found.number:,} claims.")
    click.echo(f"  {'claimed':<14}{'claims':>8}{'mean claim':>12}{'came true':>11}   95 % interval")
    for each in found.bins:
        between = f"{each.low:.0%} to {each.high:.0%}"
        low, high = each.interval
        said = f"{each.claimed:>12.1%}{each.happened:>11.1%}   {low:.1%} to {high:.1%}" if each.number else "  no claims"
        click.echo(f"  {between:<14}{each.number:>8,}{said}")


@click.command()
@click.option("--bundle", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Estimate from a folder of evidence files instead.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="What had left by this day (default: today).")
@click.option("--seed", default=0, show_default=True, type=int)
@click.option("--json", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write the whole estimate here.")
@click.pass_context
def estimate(ctx: click.Context, bundle: Path | None, until: datetime | None, seed: int, out: Path | None) -> None:
    """How many firearms had left lawful hands, by which channel, how sure."""
    result = _estimate_bundle(bundle, until, seed) if bundle else _estimate_here(ctx, until, seed)
    if out:
        out.write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    diverted, share = result["diverted"], result["share"]
    click.echo(f"Of {result['delivered']:,} delivered by {result['until']}, {diverted['q025']:,.0f} to {diverted['q975']:,.0f} had left lawful hands "
               f"(95 %); most likely {diverted['q50']:,.0f}: {share['q50']:.1%}.")
    for channel, found in result["by_channel"].items():
        click.echo(f"  {channel.replace('_', ' '):<20} {found['q025']:>8,.0f} to {found['q975']:,.0f}")
    for warning in result["warnings"]:
        click.echo(f"! {warning['words']}", err=True)


def _estimate_bundle(bundle: Path, until: datetime | None, seed: int) -> dict[str, Any]:
    from enduse.engines import evidence

    if until is None:
        raise click.UsageError("Say until which day: --until YYYY-MM-DD.")
    try:
        return evidence.estimate(evidence.read_bundle(bundle), until=until.date(), seed=seed).as_dict()
    except (evidence.BundleError, evidence.EvidenceError) as error:
        raise click.ClickException(str(error)) from error


def _estimate_here(ctx: click.Context, until: datetime | None, seed: int) -> dict[str, Any]:
    set_up()
    from enduse.diversion.actions import estimate as estimate_here
    from enduse.refusals import Invalid, Refused

    try:
        kept = estimate_here(until=until.date() if until else None, seed=seed, by=user_named(ctx.find_root().obj.user))
    except (Invalid, Refused) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Kept as {kept.reference}.")
    return kept.result


COMMANDS = (trace, estimate)
