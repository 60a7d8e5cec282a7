"""The command line. `main` is cheap to import: Django is loaded by the command that needs it."""


def main() -> None:
    from enduse.cli.main import enduse

    enduse(prog_name="enduse")
