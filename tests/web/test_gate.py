"""Every URL as every role, against the permission data: the walk that makes a page without an entry impossible."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from parentis.web.people.permissions import routes
from parentis.web.people.roles import ROLES, Kind

PLACE_OF_KIND = {Kind.AUTHORITY: "camden"}
HOLDERS = [(role.id, PLACE_OF_KIND.get(kind, kind.value)) for role in ROLES for kind in sorted(role.kinds)]


def every_url(resolver: Any = None, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """`(view name, route)` of every URL there is."""
    resolver = resolver or get_resolver()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from every_url(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield ":".join((*spaces, pattern.name or "")), str(pattern.pattern)


@pytest.mark.unit
def test_every_url_has_an_entry_and_every_entry_a_url() -> None:
    names = {name for name, _ in every_url()}
    assert names - set(routes()) == set(), "URLs without an entry in the permission data"
    assert set(routes()) - names == set(), "entries of URLs that are not there"
