"""`enduse`: commands of an installation, and one command for each operation of the API."""

from __future__ import annotations

import click

from enduse import __version__
from enduse.cli import installation, log, operations, questions, screening, witness


class Everything(click.Group):
    """The written commands first, then one group a floor, made from the API's own description when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *operations.floors()})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return super().get_command(ctx, name) or operations.group(name)


@click.group(cls=Everything, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="enduse")
@click.option("--as", "user", metavar="USER", envvar="ENDUSE_AS", help="Act as this user of the installation in ENDUSE_HOME.")
@click.option("--server", metavar="URL", envvar="ENDUSE_SERVER", help="Ask a running site instead of the installation here.")
@click.option("--token", metavar="TOKEN", envvar="ENDUSE_TOKEN", help="An API token, for --server.")
@click.pass_context
def enduse(ctx: click.Context, user: str | None, server: str | None, token: str | None) -> None:
    """The whole life of a legally exported firearm: licence, delivery, custody, trace, estimate, decision."""
    ctx.obj = operations.Caller(user=user, server=server, token=token)


for command in (*installation.COMMANDS, *log.COMMANDS, *witness.COMMANDS, *questions.COMMANDS, *screening.COMMANDS):
    enduse.add_command(command)
