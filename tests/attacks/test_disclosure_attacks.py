"""What all roles together may fetch of the practice region tells of no few people, however it is worked on."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import islice

import polars as pl
import pytest
from disclosure_attack import EXACT, Puzzle, interval, others, puzzles

from parentis import lake, practice
from parentis.figures import HIDDEN, Catalogue, NoPeople, Viewer, counted, differencing, guard, release
from parentis.region import members
from parentis.services import measures_of, services
from parentis.services.adoption import practice as adoption
from parentis.services.custody.practice import returns

SEED = 1
YEARS = ("2022-23", "2023-24", "2024-25")
RECENT = ("funding", "adoption")
"Services whose older years would only make the attack longer."
ATTACKED = 12
"Hidden small counts of each population that are attacked, evenly through them: two programmes each for whoever looks."
LONDON = tuple(sorted(members("london", date(2024, 3, 31))))
ROLES = (Viewer.public(), Viewer.members(), *(Viewer.members(gss) for gss in LONDON))
"Whoever reads for no authority is of the public or of the agreement; analysts, directors and treasurers read for one."


@pytest.fixture(scope="module")
def region() -> tuple[pl.DataFrame, Catalogue]:
    """The figures of people that services make of the practice region: custody, unaccompanied children, adoption,
    placements."""
    parts = defaultdict(list)
    for one in (*practice.region(SEED, mistakes=0), *returns(SEED), *adoption.practice(SEED)):
        for name, table in one.tables.items():
            own = pl.lit(one.submitter)
            beside = {
                "authority": pl.col("RESPONSIBLE") if "RESPONSIBLE" in table.columns else own,
                "period": pl.lit(one.period), "part": pl.lit(""), "sequence": pl.lit(1), "submission_id": pl.lit("s"),
                "load_id": pl.lit(f"{one.submitter} {one.period}"), "provisional": pl.lit(value=False),
            }  # fmt: skip
            parts[f"{one.return_id}/{name}"].append(table.with_row_index("row").with_columns(**beside))
    whole = {name: pl.concat(frames, how="diagonal_relaxed") for name, frames in parts.items()}
    figures, known = [], []
    for name, parameters in (
        ("custody", {}), ("uasc", {"replicates": 30}), ("funding", {"replicates": 30, "reruns": False}),
        ("adoption", {"replicates": 2, "draws": 2}),
    ):  # fmt: skip
        service = services()[name]
        own = {need: _held(whole, need, recent=name in RECENT) for need in service.needs}
        figures.append(counted(service.compute.resolve()(own, {**service.parameters, **parameters}).figures))
        known += measures_of(service, own)
    catalogue = Catalogue(known)
    people = [one.id for one in catalogue if not isinstance(one.people, NoPeople)]
    return pl.concat(figures, how="vertical_relaxed").filter(pl.col("measure").is_in(people)), catalogue


def _held(whole: dict[str, pl.DataFrame], need: str, *, recent: bool) -> pl.DataFrame:
    if need not in whole:
        return pl.DataFrame(schema=lake.shown_schema(lake.declared(need)[1]))
    return whole[need].filter(pl.col("period").is_in(YEARS)) if recent else whole[need]


@pytest.fixture(scope="module")
def guarded(region: tuple[pl.DataFrame, Catalogue]) -> pl.DataFrame:
    return guard(*region).figures


@pytest.fixture(scope="module")
def puzzle(region: tuple[pl.DataFrame, Catalogue], guarded: pl.DataFrame) -> dict[str, Puzzle]:
    true, catalogue = region
    return puzzles(true, catalogue, [others(release(guarded, catalogue, role), role) for role in ROLES])


def _attacked(of: Puzzle) -> Iterator[tuple]:
    targets = of.targets()
    yield from islice(targets, 0, None, max(1, len(targets) // ATTACKED))


@pytest.mark.integration
@pytest.mark.parametrize("whole", [False, True], ids=["linear", "integer"])
def test_all_roles_together_recover_no_small_count(puzzle: dict[str, Puzzle], whole: bool) -> None:
    attacked = 0
    assert any(name.startswith("adoption") for name in puzzle)
    for name, of in puzzle.items():
        for target in _attacked(of):
            least, most = interval(of, target, whole=whole)
            assert most - least >= of.room - EXACT, (name, target)
            attacked += 1
    assert attacked > 60


@pytest.mark.integration
def test_nor_does_an_authority_that_knows_its_own(puzzle: dict[str, Puzzle]) -> None:
    attacked = 0
    for name, of in puzzle.items():
        for target in _attacked(of):
            for knows in LONDON[:: len(LONDON) // 6]:
                if target[0] == knows or target[0] not in LONDON:
                    continue  # its own; and a total that holds nobody else's is its own
                least, most = interval(of, target, knows)
                assert most - least >= of.room - EXACT, (name, target, knows)
                attacked += 1
    assert attacked > 150


@pytest.mark.integration
def test_no_small_count_is_shown_and_none_is_left_alone(
    region: tuple[pl.DataFrame, Catalogue], guarded: pl.DataFrame, puzzle: dict[str, Puzzle]
) -> None:
    for name, of in puzzle.items():
        small = {cell for cell, count in of.counts.items() if 0.5 <= count < of.threshold - 0.5}
        assert small.isdisjoint(of.seen), name
    assert differencing(guarded, region[1], None).is_empty()


@pytest.mark.integration
def test_the_attacker_finds_what_is_not_guarded(region: tuple[pl.DataFrame, Catalogue]) -> None:
    """With what is small hidden, and nothing more, it recovers counts."""
    true, catalogue = region
    nights = true.filter(measure="uasc.nights")
    small = pl.col("value").is_between(1, 2189)
    careless = nights.with_columns(hidden=small, n_hidden=small)
    assert set(HIDDEN) <= set(careless.columns)
    (of,) = (
        one
        for name, one in puzzles(nights, catalogue, [release(careless, catalogue, Viewer.members())]).items()
        if name == "uasc child-nights"
    )
    found = [interval(of, target) for target in of.targets()]
    assert any(most - least < of.room for least, most in found)
