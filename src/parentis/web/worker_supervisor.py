"""The background worker beside the server, started again whenever it ends: an alert must not wait for somebody to
notice that the worker is gone. Run as a process of its own, which the server ends when it ends itself."""

import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from parentis.web.logs import JsonLines

log = logging.getLogger("parentis.web.worker_supervisor")
WORKER = ("work",)
"The management command that runs beside the server."
THREAD_VARIABLES = ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")
"Read by the libraries as they load: in how many threads each works."
HEARTBEAT_VARIABLE = "PARENTIS_WORKER_HEARTBEAT"
"The file that a worker touches while it lives (`jobs.heartbeat`)."
PAUSE = 1.0
"Seconds between the end of one worker and the start of the next."
GRACE = 5.0
"Seconds that a worker is given to end by itself."
STUCK_AFTER = 120.0
"A worker that has not said for so many seconds that it lives is ended. Its jobs begin again with the next."


def supervise(command: Sequence[str], *, pause: float = PAUSE, stuck_after: float = STUCK_AFTER) -> NoReturn:
    """Run `command`, and again when it ends or is stuck; on SIGTERM end it and leave."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.NamedTemporaryFile(prefix="parentis-heartbeat-") as heartbeat:
        environment = {**os.environ, HEARTBEAT_VARIABLE: heartbeat.name}
        while True:
            os.utime(heartbeat.name)
            running = subprocess.Popen(command, env=environment)
            try:
                code = _end_of(running, heartbeat.name, stuck_after)
            finally:
                _end(running)
            log.error("the background worker ended and is started again", extra={"status": code})
            time.sleep(pause)


def _end_of(running: "subprocess.Popen[bytes]", heartbeat: str, stuck_after: float) -> int | str:
    """How the worker ended: its exit status, or `stuck` when its heartbeat stood still for too long."""
    while True:
        try:
            return running.wait(timeout=min(1.0, stuck_after / 4))
        except subprocess.TimeoutExpired:
            if time.time() - Path(heartbeat).stat().st_mtime > stuck_after:
                return "stuck"


def _end(running: "subprocess.Popen[bytes]") -> None:
    """Ask it to end; a stopped process does not hear that, so then make it."""
    running.terminate()
    try:
        running.wait(timeout=GRACE)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def main() -> NoReturn:
    """The worker, with half of the machine at most: people wait for pages, nobody for a check's threads."""
    told = logging.StreamHandler()
    told.setFormatter(JsonLines())
    log.addHandler(told)
    for variable in THREAD_VARIABLES:
        os.environ.setdefault(variable, str(max(1, (os.cpu_count() or 1) // 2)))
    supervise([sys.executable, "-m", "parentis", "manage", *WORKER])


if __name__ == "__main__":
    main()
