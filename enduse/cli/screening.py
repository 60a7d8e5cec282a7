"""`enduse screen`: a file of names against list files, without an installation."""

from __future__ import annotations

import json
from pathlib import Path

import click

THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--list", "lists", multiple=True, required=True, type=THERE,
              help="A list file or an archive of one; its format is told by its content. May be given again: for another list, or for a table of addresses or aliases.")
@click.option("--names", "names_csv", required=True, type=THERE,
              help="CSV: id, schema, name, birth_date, country (id and name are needed), and perhaps address.")
@click.option("--out", "out_csv", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="CSV to write: id, list, entity, score, reasons.")
@click.option("--mapping", "mapping_json", type=THERE, help='For a list in a CSV of one\'s own: a JSON file, {"name": "its column", ...}.')
@click.option("--threshold", default=0.7, show_default=True, type=click.FloatRange(0.0, 1.0, min_open=True), help="The least score of a hit.")
@click.option("--limit", type=click.IntRange(1), help="At most this many hits a name (default: all).")
def screen(lists: tuple[Path, ...], names_csv: Path, out_csv: Path, mapping_json: Path | None, threshold: float, limit: int | None) -> None:
    """Compare a CSV of names with denied-party lists. No installation and no database is needed.

    Everything is read before anything is written: a broken list or row is told with its place, its reason and the way to
    mend it, and then there is no output. Exit code 0: screened, with or without hits; 1: refused; 2: wrong options.
    """
    from enduse.cli.progress import bar
    from enduse.engines import names

    if not out_csv.absolute().parent.is_dir():
        raise click.UsageError(f"There is no folder {out_csv.absolute().parent} to write {out_csv.name} into.")
    if any(out_csv.exists() and out_csv.samefile(given) for given in (*lists, names_csv)):
        raise click.UsageError(f"{out_csv} is read here: choose another file to write.")
    mapping = _mapping(mapping_json) if mapping_json else None
    try:
        with bar("Screening") as progress:
            done = names.screen_file(lists, names_csv, out_csv, mapping=mapping, threshold=threshold, limit=limit, progress=progress)
    except (names.ListError, names.NamesFileError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or out_csv}: {error.strerror or error}.") from error
    for note in done.notes:
        click.echo(f"! {note}", err=True)
    for source, version, size in done.lists:
        click.echo(f"{source} {version}: {size:,} entries")
    click.echo(f"{done.hits:,} possible matches for {done.matched:,} of {done.names:,} names in {out_csv}")


def _mapping(path: Path) -> dict[str, str]:
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path.name}: it is not JSON ({error}). Write {{\"id\": \"column\", \"name\": \"column\"}}.") from error
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise click.ClickException(f"{path.name}: it is not an object of fields and columns. Write {{\"id\": \"column\", \"name\": \"column\"}}.")
    return told


COMMANDS = (screen,)
