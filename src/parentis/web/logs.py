"""Logs as lines of JSON without personal data: the kind of request, its outcome, how long it took.

More people read a log than the audit record. A line therefore has the message as written in the code, without the
values put into it, and for an error its type and place instead of its text. Every line of a request has the request's
id, which leads to the audit record for further details.
"""

import logging
import time
import traceback
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)
FIELDS = ("request", "route", "method", "status", "ms")


class JsonLines(structlog.stdlib.ProcessorFormatter):
    """One JSON object a line: `at`, `level`, `logger`, `message`; for a request the FIELDS; for an error `error` (its
    type) and `place` (file, line and function, outermost first)."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                _fields,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _type_and_place,
                structlog.processors.EventRenamer("message"),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            use_get_message=False,  # the message as written in the code
        )


def _fields(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Text and numbers only: Django puts the whole request, with its path and query, into a record's `request`."""
    given = ((name, getattr(line["_record"], name, None)) for name in FIELDS)
    line.update({name: value for name, value in given if isinstance(value, str | int)})
    return line


def _type_and_place(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    kind, _, frames = line.pop("exc_info", None) or (None, None, None)
    line.pop("stack_info", None)
    if kind is not None:
        line["error"] = kind.__name__
        line["place"] = [
            f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(frames)
        ]
    return line


class RequestLog:
    """Gives each request an id, which all its lines have, and writes one line when it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(request=request.id):
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-Id"] = request.id
        match = request.resolver_match
        log.info(
            "request",
            extra={
                "route": match.view_name if match else "none",
                "method": request.method,
                "status": response.status_code,
                "ms": round((time.perf_counter() - start) * 1000),
            },
        )
        return response
