"""Children who wait for a family, child by child, for the authority whose children they are."""

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parentis import region, workflow
from parentis.archive import find_home
from parentis.services.adoption.kinds import CHILD_KINDS, FAMILY_KINDS
from parentis.services.adoption.lists import children
from parentis.services.adoption.needs import LIST_NEEDS
from parentis.services.adoption.pool_list import families_waiting, waiting_list
from parentis.web.adoption.held import frame, held


@never_cache
@require_safe
def pool(request: HttpRequest, gss: str) -> HttpResponse:
    """Who waits, since when, and what kinds of family suit: the authority's own numbers, read from what it handed
    in."""
    known = held()
    if known is None:
        return render(request, "adoption/nothing.html", {"title": "The pool"})
    own = children(workflow.identified(find_home(), LIST_NEEDS, gss))
    suits = frame("acceptance")
    waits = waiting_list(own, known.ends)
    context = {
        "name": region.authority(gss).name,
        "until": known.ends,
        "waits": waits,
        "families": [(FAMILY_KINDS[kind], count) for kind, count in families_waiting(known.families, known.ends)],
        "chances": _chances(suits) if suits is not None else [],
        "family_kinds": FAMILY_KINDS,
    }
    return render(request, "adoption/pool.html", context)


def _chances(suits: pl.DataFrame) -> list[tuple[str, list[str]]]:
    """Kind of child, and of a hundred families of each kind how many would suit."""
    by = {(row["child"], row["family"]): row["chance"] for row in suits.iter_rows(named=True)}
    return [(child, [f"{100 * by[child, family]:.1f}" for family in FAMILY_KINDS]) for child in CHILD_KINDS]
