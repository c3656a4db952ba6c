"""A process that is killed at a chosen one of its steps.

A step is anything that changes what is on disk: Python's writes, renames and deletions (seen by an audit hook),
and the beginning and end of each Delta commit. Killing is SIGKILL: no handler runs, nothing is tidied up.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

WRITES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate", "shutil.rmtree"}
COMMITS = ("write_deltalake", "delete")


def killed_at(step: int | None, trace: str, home: str, work: Callable[..., Any], *args: Any) -> None:
    """Run `work(*args)` and die at step `step` inside `home`; without one, write how many steps there were."""
    taken = []
    armed = [True]

    def on_step(what: str) -> None:
        if not armed[0]:
            return
        taken.append(what)
        if step is not None and len(taken) > step:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(path, str | os.PathLike) and str(path).startswith(home) and flags & (os.O_WRONLY | os.O_RDWR):
                on_step(f"open {Path(path).name}")
        elif event in WRITES and str(arguments[0]).startswith(home):
            on_step(event)

    import deltalake

    real_write, real_delete = deltalake.write_deltalake, deltalake.DeltaTable.delete

    def write(*arguments: Any, **named: Any) -> None:
        on_step("before commit")
        real_write(*arguments, **named)
        on_step("after commit")

    def delete(*arguments: Any, **named: Any) -> Any:
        on_step("before delete")
        answer = real_delete(*arguments, **named)
        on_step("after delete")
        return answer

    deltalake.write_deltalake = write
    deltalake.DeltaTable.delete = delete  # type: ignore[method-assign]
    sys.addaudithook(hook)
    work(*args)
    armed[0] = False
    Path(trace).write_text(json.dumps(taken))
