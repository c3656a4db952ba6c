"""The command line."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parentis.cli.declaration import Program


def main() -> None:
    """Run a command. An error that the user can correct prints one sentence and exits with the code of its kind."""
    from parentis.errors import ParentisError

    try:
        program()(prog_name="parentis")
    except ParentisError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output has closed the pipe, as `| head` does
        sys.stderr.close()
        sys.exit(0)


def program() -> "Program":
    """All commands; each is constructed only when it is used."""
    from parentis.cli.all_commands import PROGRAM

    return PROGRAM


__all__ = ["main", "program"]
