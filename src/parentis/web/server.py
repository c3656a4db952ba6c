"""The server and its worker, in a process that has imported neither Django nor Polars: `startup.serve` is replaced by
it.

The master process forks the processes that answer; each of them imports the site for itself.
"""

import json
import os
import subprocess
import sys

from gunicorn.app.base import BaseApplication

from parentis.web.logs import JsonLines


def worker_beside() -> "subprocess.Popen[bytes]":
    """The process that keeps the background worker running (see `worker_supervisor`)."""
    return subprocess.Popen([sys.executable, "-m", "parentis.web.worker_supervisor"])


def ready() -> object:
    """The application, once what its first readers would wait for is done: every view imported, a chart drawn."""
    from django.urls import get_resolver

    from parentis.evidence.charts import prepare
    from parentis.web.wsgi import application

    _ = get_resolver().url_patterns
    prepare()
    return application


def gunicorn(*, host: str, port: int, workers: int, production: bool) -> None:
    """Answer until stopped."""

    class Server(BaseApplication):
        def load_config(self) -> None:
            for name, value in {
                "bind": f"{host}:{port}",
                "workers": workers,
                "threads": 8,  # limits how many waiting custody notices can be written in one transaction
                "worker_class": "gthread",
                "timeout": 60,
                # Longer than browsers and proxies keep an idle connection: otherwise they would reuse a closed one.
                "keepalive": 75,
                "graceful_timeout": 20,
                "max_requests": 20_000,
                "max_requests_jitter": 2_000,
                "limit_request_line": 4094,
                "proc_name": "parentis",
                "logconfig_dict": _log_config(JsonLines, production=production),
            }.items():
                self.cfg.set(name, value)

        def load(self) -> object:
            return ready()

    Server().run()


def _log_config(formatter: type, *, production: bool) -> dict[str, object]:
    """Lines of JSON in production; on the demo only messages that need attention."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "INFO" if production else "WARNING"},
        "loggers": {
            "gunicorn.error": {
                "handlers": ["stderr"],
                "propagate": False,
                "level": "INFO" if production else "WARNING",
            },
            "gunicorn.access": {"handlers": [], "propagate": False},
        },
    }


def main() -> None:
    """Run the server with the given settings (JSON, the first argument), and the worker for as long as the server
    runs."""
    worker, master = worker_beside(), os.getpid()
    try:
        gunicorn(**json.loads(sys.argv[1]))
    finally:
        if os.getpid() == master:  # a forked process also reaches this line when it exits
            worker.terminate()
            worker.wait()


if __name__ == "__main__":
    main()
