"""Logs as lines of JSON that hold nobody's data: what kind of request, how it went, how long it took.

A log is read by more people than a record is. So a line carries the message as the code has it, without the values
put into it, and of an error its type and place, not its text; the request's id leads to the audit record, which
knows the rest.
"""

import json
import logging
import time
import traceback
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)
FIELDS = ("request", "route", "method", "status", "ms")


class JsonLines(logging.Formatter):
    """One JSON object a line: `at`, `level`, `logger`, `message`, and of a request the FIELDS; of an error
    `error` (its type) and `place` (file, line and function, outermost first)."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": str(record.msg),
        }
        line |= {name: getattr(record, name) for name in FIELDS if isinstance(getattr(record, name, None), str | int)}
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])
            line["error"] = record.exc_info[0].__name__
            line["place"] = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False)


class RequestLog:
    """Gives each request an id, and writes one line when it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex
        start = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-Id"] = request.id
        match = request.resolver_match
        log.info(
            "request",
            extra={
                "request": request.id,
                "route": match.view_name if match else "none",
                "method": request.method,
                "status": response.status_code,
                "ms": round((time.perf_counter() - start) * 1000),
            },
        )
        return response
