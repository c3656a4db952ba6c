"""Lines of the log: which request a line belongs to, and what a line leaves out."""

import json
import logging

import pytest
from django.http import HttpRequest, HttpResponse

from parentis.web.logs import JsonLines, RequestLog

log = logging.getLogger("parentis.test_logs")


@pytest.mark.unit
def test_every_line_of_a_request_carries_its_id_and_none_after_it() -> None:
    lines: list[dict[str, object]] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(self.format(record)))

    handler = Collect()
    handler.setFormatter(JsonLines())
    root = logging.getLogger("parentis")
    root.addHandler(handler)
    try:

        def answer(request: HttpRequest) -> HttpResponse:
            log.warning("something of note about %s", "a child")
            return HttpResponse()

        request = HttpRequest()
        request.method = "GET"
        given = RequestLog(answer)(request)["X-Request-Id"]
        log.warning("later")
    finally:
        root.removeHandler(handler)
    noted = [line for line in lines if line["message"] == "something of note about %s"]
    assert [line["request"] for line in noted] == [given]
    assert "request" not in lines[-1]


@pytest.mark.unit
def test_a_line_takes_from_what_is_added_to_it_only_the_fields_of_a_request() -> None:
    record = logging.makeLogRecord({"msg": "x", "levelname": "INFO", "name": "x", "route": "home", "surname": "Smith"})
    line = json.loads(JsonLines().format(record))
    assert (line["route"], line["level"], "surname" in line) == ("home", "info", False)
