"""The command line."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parentis.cli.declaration import Program


def main() -> None:
    """Run a command. What a person can correct ends in one sentence and an exit code of its kind."""
    from parentis.errors import ParentisError

    try:
        program()(prog_name="parentis")
    except ParentisError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        sys.stderr.close()
        sys.exit(0)


def program() -> "Program":
    """All commands, none of them made yet."""
    from parentis.cli.all_commands import PROGRAM

    return PROGRAM


__all__ = ["main", "program"]
