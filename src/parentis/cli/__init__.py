"""The command line."""

import sys


def main() -> None:
    """Run a command. What a person can put right ends in one sentence and an exit code of its kind."""
    from parentis.errors import ParentisError

    try:
        _app()()
    except ParentisError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        sys.stderr.close()
        sys.exit(0)


def _app():  # type: ignore[no-untyped-def]  # typer.Typer, imported only here
    from parentis.cli.app import app
    from parentis.cli.service_commands import add_service_commands
    from parentis.cli.site_commands import add_site_commands

    add_service_commands(app)
    add_site_commands(app)
    return app


__all__ = ["main"]
