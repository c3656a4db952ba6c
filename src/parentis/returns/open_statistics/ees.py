"""A client of the Explore education statistics public API: data sets, their metadata, queries and CSV downloads.

Reference: `https://api.education.gov.uk/statistics/docs`. No key is needed. Every request has a timeout and a size
limit, and is repeated after a wait when the service is busy or the connection fails.
"""

import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from parentis.errors import DownloadError, NotFoundError, UserError

if TYPE_CHECKING:
    import httpx

BASE = "https://api.education.gov.uk/statistics/v1"
BUSY = frozenset({429, 500, 502, 503, 504})
_CSV = frozenset({"text/csv", "application/csv", "application/octet-stream"})
_JSON = frozenset({"application/json", "application/problem+json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreStatistics:
    """The API at `base`. `sleep` and `now` are there for tests."""

    base: str = BASE
    timeout: float = 30.0
    "Seconds to wait for a connection or for the next bytes."
    attempts: int = 5
    longest_wait: float = 120.0
    "Seconds; if the service asks for a longer wait, the request fails."
    largest: int = 512 * 1024 * 1024
    "Bytes of one answer after decompression."
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def data_set(self, data_set_id: str) -> Mapping[str, Any]:
        """A data set's summary: `title`, `summary`, `status`, `latestVersion`."""
        return self._json("GET", _path(data_set_id))

    def versions(self, data_set_id: str) -> Iterator[Mapping[str, Any]]:
        """Every version of a data set, newest first as the service lists them."""
        page = 1
        while True:
            answer = self._json("GET", _path(data_set_id, "versions"), params={"page": page, "pageSize": 20})
            yield from answer["results"]
            if page >= answer["paging"]["totalPages"]:
                return
            page += 1

    def meta(self, data_set_id: str, version: str | None = None) -> Mapping[str, Any]:
        """Filters, indicators, geographic levels, locations and time periods of a data set, with their ids."""
        return self._json("GET", _path(data_set_id, "meta"), params=_version(version))

    def query(
        self, data_set_id: str, body: Mapping[str, Any], version: str | None = None, page_size: int = 1000
    ) -> Iterator[Mapping[str, Any]]:
        """Rows that match a query (`criteria`, `indicators`, `sort`), page after page.

        The version is fixed before the first page, so that a new release between two pages cannot mix versions.
        """
        fixed = version or self._latest(data_set_id)[1]
        page = 1
        while True:
            answer = self._json(
                "POST",
                _path(data_set_id, "query"),
                params=_version(fixed),
                body={**body, "page": page, "pageSize": page_size},
            )
            yield from answer["results"]
            if page >= answer["paging"]["totalPages"]:
                return
            page += 1

    def download(self, data_set_id: str, directory: Path, version: str | None = None) -> Path:
        """The data set as CSV in `directory`, named by its title and version; ready to be submitted.

        The file gets its name only when it is complete.
        """
        title, latest = self._latest(data_set_id)
        fixed = version or latest
        stem = re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")[:80] or data_set_id
        target = directory / f"{stem}_v{re.sub(r'[^0-9.]', '', fixed)}.csv"
        directory.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=directory, prefix=".download-", suffix=".part")
        os.close(handle)
        part = Path(name)
        try:
            self._request("GET", _path(data_set_id, "csv"), _CSV, params=_version(fixed), into=part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return target

    def _latest(self, data_set_id: str) -> tuple[str, str]:
        summary = self.data_set(data_set_id)
        try:
            return str(summary["title"]), str(summary["latestVersion"]["version"])
        except (KeyError, TypeError):
            raise self._unusable(
                _path(data_set_id), "a data set with a title and a latest version", "an answer without them"
            ) from None

    def _json(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any]:
        text = self._request(method, path, _JSON, params=params, body=body)
        try:
            answer = json.loads(text)
        except ValueError:
            raise self._unusable(path, "JSON", "text that is not JSON") from None
        paged = isinstance(answer, dict) and ("results" not in answer or "totalPages" in answer.get("paging", {}))
        if not paged:
            raise self._unusable(path, "a JSON object, with its paging if it has results", "something else")
        return answer

    def _request(
        self,
        method: str,
        path: str,
        types: frozenset[str],
        *,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        into: Path | None = None,
    ) -> bytes:
        """The bytes of one response (none if they were written `into` a file), after the allowed number of attempts."""
        import httpx  # imported here, because the command line imports this package at every start

        last = "no answer"
        with httpx.Client(timeout=self.timeout, follow_redirects=True) as client:
            for attempt in range(1, self.attempts + 1):
                wait = min(2.0 ** (attempt - 1), self.longest_wait)
                try:
                    with client.stream(method, f"{self.base.rstrip('/')}/{path}", params=params, json=body) as answer:
                        if answer.status_code not in BUSY:
                            self._refuse(answer, path, types)
                            return self._received(answer, path, into)
                        last = f"status {answer.status_code}"
                        wait = self._asked_wait(answer.headers.get("Retry-After"), wait)
                except (httpx.TransportError, httpx.DecodingError) as broken:
                    last = f"a broken connection ({type(broken).__name__})"
                if wait > self.longest_wait:
                    last += f", and a request to wait {wait:.0f} seconds"
                    break
                if attempt < self.attempts:
                    self.sleep(wait)
        raise DownloadError(
            expected="an answer",
            found=last,
            where=f"{self.base}/{path}",
            do="Check the connection and the service's status, then try again later.",
        )

    def _refuse(self, answer: "httpx.Response", path: str, types: frozenset[str]) -> None:
        if answer.status_code == 404:
            raise NotFoundError(
                expected="a published data set (and version)",
                found="none with this id",
                where=f"{self.base}/{path}",
                do="Look the id up in the data catalogue of Explore education statistics.",
            )
        if not answer.is_success:
            raise self._unusable(path, "an answer", f"status {answer.status_code}")
        kind = answer.headers.get("Content-Type", "").split(";")[0].strip().casefold()
        if kind not in types:
            raise self._unusable(path, " or ".join(sorted(types)), kind or "no content type")

    def _received(self, answer: "httpx.Response", path: str, into: Path | None) -> bytes:
        held, size = bytearray(), 0
        file = into.open("wb") if into else None
        try:
            for chunk in answer.iter_bytes():
                size += len(chunk)
                if size > self.largest:
                    raise self._unusable(path, f"at most {self.largest:,} bytes", "more")
                if file:
                    file.write(chunk)
                else:
                    held += chunk
            if file:
                file.flush()
                os.fsync(file.fileno())
        finally:
            if file:
                file.close()
        return bytes(held)

    def _asked_wait(self, header: str | None, otherwise: float) -> float:
        """Seconds that `Retry-After` asks for: a number, or a date."""
        if not header:
            return otherwise
        if header.strip().isdigit():
            return float(header)
        try:
            asked = parsedate_to_datetime(header)
        except ValueError:
            return otherwise
        return max(0.0, (asked.astimezone(UTC) - self.now()).total_seconds())

    def _unusable(self, path: str, expected: str, found: str) -> UserError:
        return DownloadError(
            expected=expected,
            found=found,
            where=f"{self.base}/{path}",
            do="Check that the address is that of the Explore education statistics API, version 1.",
        )


def _path(data_set_id: str, *more: str) -> str:
    return "/".join(("data-sets", quote(data_set_id, safe=""), *more))


def _version(version: str | None) -> Mapping[str, str]:
    return {"dataSetVersion": version} if version else {}
