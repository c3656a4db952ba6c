"""Types of this folder's fixtures."""

import subprocess
from typing import Protocol


class Run(Protocol):
    """Runs the program and gives the finished process."""

    def __call__(self, *arguments: object, needs_second: str = "no") -> subprocess.CompletedProcess[str]: ...
