"""The background worker beside the server, started again whenever it ends: an alert must not wait for somebody to
notice that the worker is gone. Run as a process of its own, which the server ends when it ends itself."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import NoReturn

from parentis.web.logs import JsonLines

log = logging.getLogger("parentis.web.beside")
WORKER = ("work",)
"The management command that runs beside the server."
THREAD_VARIABLES = ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")
"Read by the libraries as they load: in how many threads each works."
PAUSE = 1.0
"Seconds between the end of one worker and the start of the next."


def keep_running(command: Sequence[str], *, pause: float = PAUSE) -> NoReturn:
    """Run `command`, and again when it ends; on SIGTERM end it and leave."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        running = subprocess.Popen(command)
        try:
            code = running.wait()
        finally:
            running.terminate()
            running.wait()
        log.error("the background worker ended and is started again", extra={"status": code})
        time.sleep(pause)


def main() -> NoReturn:
    """The worker, with half of the machine at most: people wait for pages, nobody for a check's threads."""
    told = logging.StreamHandler()
    told.setFormatter(JsonLines())
    log.addHandler(told)
    for variable in THREAD_VARIABLES:
        os.environ.setdefault(variable, str(max(1, (os.cpu_count() or 1) // 2)))
    keep_running([sys.executable, "-m", "parentis", "manage", *WORKER])


if __name__ == "__main__":
    main()
