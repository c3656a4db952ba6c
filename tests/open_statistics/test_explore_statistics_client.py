"""The client against a small server of our own that behaves, and misbehaves, like the public API."""

import gzip
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from parentis.errors import DownloadError, NotFoundError
from parentis.returns.open_statistics import ExploreStatistics

CSV = b"time_period,time_identifier,geographic_level,country_code,number\n2024,Reporting year,National,E92000001,5\n"
SUMMARY = {"title": "Looked after: by LA!", "latestVersion": {"version": "2.1"}}
NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)


class Stub(ThreadingHTTPServer):
    """`answers` maps a path to a list of answers, given in turn; the last one again and again."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[tuple[str, str, Any]] = []

    def give(self, path: str, body: Any = b"", *, status: int = 200, **more: Any) -> None:
        self.answers.setdefault(path, []).append({"body": body, "status": status, **more})


class _Handler(BaseHTTPRequestHandler):
    server: Stub

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length", 0))
        self.server.asked.append((path, query, json.loads(self.rfile.read(length)) if length else None))
        queue = self.server.answers.get(path, [{"body": {"title": "Not found"}, "status": 404}])
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        raw = answer["body"] if isinstance(answer["body"], bytes) else json.dumps(answer["body"]).encode()
        default = "text/csv" if isinstance(answer["body"], bytes) else "application/json; charset=utf-8"
        self.send_response(answer["status"])
        self.send_header("Content-Type", answer.get("kind", default))
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw) + answer.get("missing", 0)))
        self.end_headers()
        self.wfile.write(raw)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, *_: Any) -> None:
        """Nothing on the console."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def client(stub: Stub, waits: list[float]) -> ExploreStatistics:
    base = f"http://127.0.0.1:{stub.server_port}/v1"
    return ExploreStatistics(base=base, attempts=3, timeout=5, sleep=waits.append, now=lambda: NOON)


@pytest.mark.integration
def test_a_download_is_a_whole_file_named_by_title_and_version(
    stub: Stub, client: ExploreStatistics, tmp_path: Path
) -> None:
    stub.give("/v1/data-sets/abc", SUMMARY)
    stub.give("/v1/data-sets/abc/csv", gzip.compress(CSV), headers={"Content-Encoding": "gzip"})
    path = client.download("abc", tmp_path / "in")
    assert path.name == "looked_after_by_la_v2.1.csv"
    assert path.read_bytes() == CSV
    assert stub.asked[-1][:2] == ("/v1/data-sets/abc/csv", "dataSetVersion=2.1")
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.integration
def test_a_query_fixes_the_version_and_turns_every_page(stub: Stub, client: ExploreStatistics) -> None:
    stub.give("/v1/data-sets/abc", SUMMARY)
    for page in (1, 2, 3):
        stub.give("/v1/data-sets/abc/query", {"paging": {"page": page, "totalPages": 3}, "results": [{"n": page}]})
    rows = list(client.query("abc", {"indicators": ["i"]}, page_size=1))
    assert rows == [{"n": 1}, {"n": 2}, {"n": 3}]
    asked = [(query, body) for path, query, body in stub.asked if path.endswith("query")]
    assert [query for query, _ in asked] == ["dataSetVersion=2.1"] * 3
    assert [body for _, body in asked] == [{"indicators": ["i"], "page": page, "pageSize": 1} for page in (1, 2, 3)]


@pytest.mark.integration
def test_versions_are_paged_and_meta_takes_a_version(stub: Stub, client: ExploreStatistics) -> None:
    for page in (1, 2):
        paging = {"page": page, "totalPages": 2}
        stub.give("/v1/data-sets/abc/versions", {"paging": paging, "results": [{"version": f"{3 - page}.0"}]})
    stub.give("/v1/data-sets/abc/meta", {"filters": []})
    assert [one["version"] for one in client.versions("abc")] == ["2.0", "1.0"]
    assert client.meta("abc", version="1.0") == {"filters": []}
    assert stub.asked[-1][1] == "dataSetVersion=1.0"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("header", "wait"), [("7", 7.0), ("Wed, 01 Jan 2025 12:00:30 GMT", 30.0), ("soon", 1.0), (None, 1.0)]
)
def test_a_busy_service_is_asked_again_after_as_long_as_it_wants(
    stub: Stub, client: ExploreStatistics, waits: list[float], header: str | None, wait: float
) -> None:
    stub.give("/v1/data-sets/abc", {}, status=429, headers={"Retry-After": header} if header else {})
    stub.give("/v1/data-sets/abc", SUMMARY)
    assert client.data_set("abc") == SUMMARY
    assert waits == [wait]


@pytest.mark.integration
def test_a_service_that_stays_down_ends_in_a_sentence(
    stub: Stub, client: ExploreStatistics, waits: list[float]
) -> None:
    stub.give("/v1/data-sets/abc", {}, status=503)
    with pytest.raises(DownloadError, match=r"expected an answer, found status 503\. Check the connection"):
        client.data_set("abc")
    assert waits == [1.0, 2.0]


@pytest.mark.integration
def test_a_wait_that_is_too_long_is_not_waited(stub: Stub, client: ExploreStatistics, waits: list[float]) -> None:
    stub.give("/v1/data-sets/abc", {}, status=429, headers={"Retry-After": "3600"})
    with pytest.raises(DownloadError, match="a request to wait 3600 seconds"):
        client.data_set("abc")
    assert waits == []


@pytest.mark.integration
def test_a_truncated_download_is_tried_again_and_leaves_nothing_half_done(
    stub: Stub, client: ExploreStatistics, tmp_path: Path
) -> None:
    stub.give("/v1/data-sets/abc", SUMMARY)
    stub.give("/v1/data-sets/abc/csv", CSV[:20], missing=50)
    with pytest.raises(DownloadError, match="broken connection"):
        client.download("abc", tmp_path)
    assert list(tmp_path.iterdir()) == []
    stub.answers["/v1/data-sets/abc/csv"] = []
    stub.give("/v1/data-sets/abc/csv", CSV[:20], missing=50)
    stub.give("/v1/data-sets/abc/csv", CSV)
    assert client.download("abc", tmp_path).read_bytes() == CSV


@pytest.mark.integration
def test_an_unknown_data_set_is_said_to_be_unknown(client: ExploreStatistics) -> None:
    with pytest.raises(NotFoundError, match="none with this id"):
        client.data_set("no/such?thing")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"body": b"<html>", "kind": "text/html"}, "expected application/csv or .* found text/html"),
        ({"body": b"x", "status": 403}, "found status 403"),
    ],
)
def test_an_answer_of_the_wrong_kind_is_no_download(
    stub: Stub, client: ExploreStatistics, tmp_path: Path, answer: dict[str, Any], sentence: str
) -> None:
    stub.give("/v1/data-sets/abc", SUMMARY)
    stub.answers["/v1/data-sets/abc/csv"] = [{"status": 200, **answer}]
    with pytest.raises(DownloadError, match=sentence):
        client.download("abc", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.integration
@pytest.mark.parametrize("body", [b"{", b"[]", b'{"results": []}'])
def test_what_is_not_the_api_is_told_apart(stub: Stub, client: ExploreStatistics, body: bytes) -> None:
    stub.give("/v1/data-sets/abc", body, kind="application/json")
    with pytest.raises(DownloadError, match="version 1"):
        client.data_set("abc")


@pytest.mark.integration
def test_a_download_has_a_largest_size_after_decompression(stub: Stub, tmp_path: Path) -> None:
    stub.give("/v1/data-sets/abc", SUMMARY)
    stub.give("/v1/data-sets/abc/csv", gzip.compress(b"0" * 100_000), headers={"Content-Encoding": "gzip"})
    small = ExploreStatistics(base=f"http://127.0.0.1:{stub.server_port}/v1", largest=50_000)
    with pytest.raises(DownloadError, match="at most 50,000 bytes"):
        small.download("abc", tmp_path)
    assert list(tmp_path.iterdir()) == []
