"""The practice region as returns: in memory, or written out with the targets and the values achieved."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from parentis.practice.calendar import label
from parentis.practice.calibration import targets_and_achieved
from parentis.practice.mistakes import MANIFEST, RATE, spoilt
from parentis.practice.money import YEARS
from parentis.practice.monitoring import monitoring
from parentis.practice.older_risk import PLANTED, Risk
from parentis.practice.parts import World, by_authority, parts
from parentis.practice.ssda903 import simulated, year_tables
from parentis.practice.targets import FIRST_RETURN, LAST_LATER_RETURN, LAST_RETURN, london
from parentis.practice.uasc_cohort import uasc_cohort
from parentis.practice.uasc_survey import truth
from parentis.returns import SYNTHETIC, ReturnData, write_files

SEED = 903
RETURN_YEARS = tuple(label(year) for year in range(FIRST_RETURN, LAST_RETURN + 1))
MONEY_YEARS = tuple(YEARS)

README = """SYNTHETIC DATA: THE PARENTIS PRACTICE REGION

Nobody in these files exists. The authorities are real, so that footprints and maps work, but every child, date,
postcode, provider and pound is made up by a program. Children's numbers begin with SYN, postcodes end in letters
that no real postcode has, provider numbers begin with 99, and every row of money has the note SYNTHETIC.

Seed: {seed}. The same seed gives the same files.

{files} files: ssda903 {first} to {last} and finance.monitoring {first_money} to {last_money}, for {authorities}
authorities; and, of services: {parts}. mistakes.csv lists {mistakes} mistakes put in on purpose,
with the rule that must find each.

What the region was fitted to, and what came out (targets.csv):

{table}
"""


@dataclass(frozen=True, slots=True)
class Written:
    """The result of `write`. `mistakes` has the columns of `mistakes.MANIFEST`; `targets` those of `achieved`."""

    directory: Path
    seed: int
    files: int
    returns: int
    mistakes: pl.DataFrame
    targets: pl.DataFrame


def region(
    seed: int = SEED, *, years: Iterable[str] | None = None, mistakes: float = RATE, risk: Risk = PLANTED
) -> Iterator[ReturnData]:
    """Every practice return: SSDA903 2020-21 to 2024-25, budget monitoring 2014-15 to 2024-25, and what services add
    (`parts`), or only `years`. SSDA903 2025-26 and 2026-27 come only if they are among `years`: nothing was published
    to fit them to. `risk`: what is planted for children of ten and over.

    `mistakes` is the share of rows with deliberate mistakes; the children are simulated once, for any choice of years.
    """
    wanted = _every_year() if years is None else frozenset(years)
    yield from _money(seed, wanted)
    world = simulated(seed, risk)
    for year in range(FIRST_RETURN, LAST_LATER_RETURN + 1):
        if label(year) in wanted:
            tables, _ = spoilt(seed, year_tables(seed, world, year), year, mistakes)
            yield from by_authority("ssda903", label(year), tables)
    for part in parts():
        yield from part.returns(World(seed=seed, children=world), wanted)


def survey_truth(seed: int = SEED) -> pl.DataFrame:
    """The cost survey of unaccompanied children if all authorities answered every question: `authority, period,
    group` (`child`, `leaver`), `heading, pounds`."""
    world = simulated(seed)
    return truth(seed, world, uasc_cohort(seed, world.people))


def manifest(seed: int = SEED, *, mistakes: float = RATE) -> pl.DataFrame:
    """The mistakes in `region(seed, mistakes=…)`: the columns of `MANIFEST`."""
    world = simulated(seed)
    years = range(FIRST_RETURN, LAST_RETURN + 1)
    return pl.concat([spoilt(seed, year_tables(seed, world, year), year, mistakes)[1] for year in years])


def write(
    directory: Path,
    *,
    seed: int = SEED,
    mistakes: float = RATE,
    progress: Callable[[str, int, int], None] | None = None,
) -> Written:
    """Write the region to `directory/<return>/<period>/<ONS code>/…csv`, README.txt, mistakes.csv, targets.csv.

    `progress` is called with (what, done, of) after each year.
    """
    tell = progress or (lambda what, done, of: None)
    steps = len(RETURN_YEARS) + 2 + len(parts())
    directory.mkdir(parents=True, exist_ok=True)
    files = count = 0
    money = list(_money(seed, frozenset(MONEY_YEARS)))
    for filled in money:
        files += len(_write_one(filled, directory))
        count += 1
    tell("budget monitoring", 1, steps)
    world = simulated(seed)
    tell("children", 2, steps)
    noted = [pl.DataFrame(schema=MANIFEST)]
    for number, year in enumerate(range(FIRST_RETURN, LAST_RETURN + 1)):
        tables, found = spoilt(seed, year_tables(seed, world, year), year, mistakes)
        noted.append(found)
        for filled in by_authority("ssda903", label(year), tables):
            files += len(_write_one(filled, directory))
            count += 1
        tell(f"SSDA903 {label(year)}", number + 3, steps)
    for number, part in enumerate(parts(), start=len(RETURN_YEARS) + 3):
        for filled in part.returns(World(seed=seed, children=world), frozenset(part.years)):
            files += len(_write_one(filled, directory))
            count += 1
        tell(part.title, number, steps)
    written = Written(directory, seed, files, count, pl.concat(noted), targets_and_achieved(world, money))
    _tell_about(written)
    return written


def _write_one(filled: ReturnData, directory: Path) -> list[Path]:
    folder = directory / filled.return_id / filled.period / filled.submitter
    return write_files(filled, folder, prefix=f"{SYNTHETIC}_")


def _every_year() -> frozenset[str]:
    return frozenset((*RETURN_YEARS, *MONEY_YEARS, *(year for part in parts() for year in part.years)))


def _money(seed: int, wanted: frozenset[str]) -> Iterator[ReturnData]:
    for at, period, tables in monitoring(seed):
        if period in wanted:
            yield ReturnData(return_id="finance.monitoring", submitter=london()[at].gss, period=period, tables=tables)


def _tell_about(written: Written) -> None:
    written.mistakes.write_csv(written.directory / "mistakes.csv")
    written.targets.write_csv(written.directory / "targets.csv")
    rows = [
        f"{row['period']:8} {row['what']:52} {row['basis']:10} {row['target']:>12,.2f} {row['achieved']:>12,.2f}"
        for row in written.targets.iter_rows(named=True)
    ]
    text = README.format(
        seed=written.seed,
        files=written.files,
        first=RETURN_YEARS[0],
        last=RETURN_YEARS[-1],
        first_money=MONEY_YEARS[0],
        last_money=MONEY_YEARS[-1],
        authorities=len(london()),
        parts=", ".join(part.title for part in parts()),
        mistakes=written.mistakes.height,
        table="\n".join([f"{'period':8} {'what':52} {'basis':10} {'target':>12} {'achieved':>12}", *rows]),
    )
    (written.directory / "README.txt").write_text(text, encoding="utf-8")
