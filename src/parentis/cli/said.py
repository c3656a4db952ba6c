"""Lines for the user, on stderr: results alone go to stdout."""

import sys


def say(text: str) -> None:
    """Print a line for the user on stderr."""
    sys.stderr.write(text + "\n")
