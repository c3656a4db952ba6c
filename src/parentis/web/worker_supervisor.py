"""The background worker beside the server, restarted whenever it ends: an alert must not wait until somebody notices
that the worker has stopped. Run as a process of its own, which the server ends when it exits."""

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
"""Environment variables that set how many threads each library uses, read when it loads."""
HEARTBEAT_VARIABLE = "PARENTIS_WORKER_HEARTBEAT"
"""Names the file that a running worker touches (`jobs.heartbeat`)."""
PAUSE = 1.0
"Seconds between the end of one worker and the start of the next."
GRACE = 5.0
"""Seconds that a worker is given to stop by itself."""
STUCK_AFTER = 120.0
"""Seconds without a heartbeat after which a worker is stopped. The next worker starts its jobs again."""


def supervise(command: Sequence[str], *, pause: float = PAUSE, stuck_after: float = STUCK_AFTER) -> NoReturn:
    """Run `command`, and restart it when it ends or is stuck; on SIGTERM stop it and exit."""
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
    """How the worker ended: its exit status, or `stuck` if its heartbeat stopped for too long."""
    while True:
        try:
            return running.wait(timeout=min(1.0, stuck_after / 4))
        except subprocess.TimeoutExpired:
            if time.time() - Path(heartbeat).stat().st_mtime > stuck_after:
                return "stuck"


def _end(running: "subprocess.Popen[bytes]") -> None:
    """Terminate the worker; kill it if it does not respond, as when the process is stopped."""
    running.terminate()
    try:
        running.wait(timeout=GRACE)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def main() -> NoReturn:
    """Run the worker on at most half of the machine's processors: people wait for pages, nobody for a background
    check."""
    told = logging.StreamHandler()
    told.setFormatter(JsonLines())
    log.addHandler(told)
    for variable in THREAD_VARIABLES:
        os.environ.setdefault(variable, str(max(1, (os.cpu_count() or 1) // 2)))
    supervise([sys.executable, "-m", "parentis", "manage", *WORKER])


if __name__ == "__main__":
    main()
