"""What the house promises of its modules: nouns, and no circles."""

import sys
from pathlib import Path

import grimp
import pytest

SOURCE = Path(__file__).parents[2] / "src" / "parentis"
TERMS = {
    "practice/commissioning.py": "the service: commissioning",
    "practice/monitoring.py": "the return: budget monitoring",
    "practice/parts/commissioning.py": "the service: commissioning",
    "returns/finance/monitoring.py": "the return: budget monitoring",
    "services/adoption/waiting.py": "the field's word for the time from placement order to placement",
    "services/custody/blocking.py": "record linkage's word for comparing only records that share a key",
    "services/custody/routing.py": "the word for finding the authority a notice goes to",
    "services/improvement/matching.py": "matching of helpers to the helped, as in optimal matching",
    "services/places/matching.py": "matching of children to places, as in optimal matching",
    "services/uasc/grossing.py": "survey statistics' word for weighting answers up to the population",
    "web/commissioning/learning.py": "learning cards",
    "web/custody/routing.py": "as in the service",
    "web/people/acting.py": "the organisation that somebody with roles in several is acting for",
} | {
    f"web/{app}/waiting.py": "what is waiting for somebody, in the task list"
    for app in ("cases", "people", "submissions", "task_list", "trials", "uasc")
}
"A module is named by a noun (docs/decisions/0010-plain-names.md). These end in -ing and are nouns of the field."


@pytest.mark.spec
def test_a_module_that_ends_in_ing_is_a_term_of_the_field() -> None:
    found = {str(one.relative_to(SOURCE)) for one in SOURCE.rglob("*ing.py") if "migrations" not in one.parts}
    assert found == set(TERMS)


@pytest.mark.integration
def test_no_modules_import_one_another_in_a_circle() -> None:
    """Packages' `__init__` too, and imports inside functions and for type checkers."""
    graph = grimp.build_graph("parentis", cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert _circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == [["b", "c"]]
    assert _circles(imports) == []


def _circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """Strongly connected components of more than one module (Tarjan 1972)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: list[str] = []
    found = []

    def visit(name: str) -> None:
        order[name] = lowest[name] = len(order)
        open_.append(name)
        for other in sorted(imports.get(name, ())):
            if other not in order:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in open_:
                lowest[name] = min(lowest[name], order[other])
        if lowest[name] == order[name]:
            at = open_.index(name)
            if len(open_) - at > 1:
                found.append(sorted(open_[at:]))
            del open_[at:]

    before = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000)
    try:
        for name in sorted(imports):
            if name not in order:
                visit(name)
    finally:
        sys.setrecursionlimit(before)
    return found
