"""The practice region as returns: in memory, or written out with what was aimed at and what came out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from parentis.practice.achieved import targets_and_achieved
from parentis.practice.calendar import label
from parentis.practice.mistakes import MANIFEST, RATE, spoilt
from parentis.practice.money import YEARS
from parentis.practice.monitoring import monitoring
from parentis.practice.ssda903 import simulated, year_tables
from parentis.practice.targets import FIRST_RETURN, LAST_RETURN, london
from parentis.returns import SYNTHETIC, Filled, write_files

SEED = 903
RETURN_YEARS = tuple(label(year) for year in range(FIRST_RETURN, LAST_RETURN + 1))
MONEY_YEARS = tuple(YEARS)

README = """SYNTHETIC DATA: THE PARENTIS PRACTICE REGION

Nobody in these files exists. The authorities are real, so that footprints and maps work, but every child, date,
postcode, provider and pound is made up by a program. Children's numbers begin with SYN, postcodes end in letters
that no real postcode has, provider numbers begin with 99, and every row of money has the note SYNTHETIC.

Seed: {seed}. The same seed gives the same files.

{files} files: ssda903 {first} to {last}, finance.monitoring {first_money} to {last_money}, for {authorities}
authorities. mistakes.csv lists {mistakes} mistakes put in on purpose, with the rule that must find each.

What the region was fitted to, and what came out (targets.csv):

{table}
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What `write` did. `mistakes` has the columns of `mistakes.MANIFEST`; `targets` those of `achieved`."""

    directory: Path
    seed: int
    files: int
    returns: int
    mistakes: pl.DataFrame
    targets: pl.DataFrame


def region(seed: int = SEED, *, years: Iterable[str] | None = None, mistakes: float = RATE) -> Iterator[Filled]:
    """Every practice return: SSDA903 2020-21 to 2024-25 and budget monitoring 2014-15 to 2024-25, or only `years`.

    `mistakes` is the share of rows spoilt on purpose; the children are simulated once, whatever the years.
    """
    wanted = set(RETURN_YEARS + MONEY_YEARS if years is None else years)
    yield from _money(seed, wanted)
    world = simulated(seed)
    for year in range(FIRST_RETURN, LAST_RETURN + 1):
        if label(year) in wanted:
            tables, _ = spoilt(seed, year_tables(seed, world, year), year, mistakes)
            yield from _children(label(year), tables)


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

    `progress` is told (what, done, of) after each year.
    """
    tell = progress or (lambda what, done, of: None)
    steps = len(RETURN_YEARS) + 2
    directory.mkdir(parents=True, exist_ok=True)
    files = count = 0
    money = list(_money(seed, set(MONEY_YEARS)))
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
        for filled in _children(label(year), tables):
            files += len(_write_one(filled, directory))
            count += 1
        tell(f"SSDA903 {label(year)}", number + 3, steps)
    written = Written(directory, seed, files, count, pl.concat(noted), targets_and_achieved(world, money))
    _tell_about(written)
    return written


def _write_one(filled: Filled, directory: Path) -> list[Path]:
    folder = directory / filled.return_id / filled.period / filled.submitter
    return write_files(filled, folder, prefix=f"{SYNTHETIC}_")


def _money(seed: int, wanted: set[str]) -> Iterator[Filled]:
    for at, period, tables in monitoring(seed):
        if period in wanted:
            yield Filled(return_id="finance.monitoring", submitter=london()[at].gss, period=period, tables=tables)


def _children(period: str, tables: Mapping[str, pl.DataFrame]) -> Iterator[Filled]:
    parts = {name: table.partition_by("at", as_dict=True, include_key=False) for name, table in tables.items()}
    for at, authority in enumerate(london()):
        yield Filled(
            return_id="ssda903",
            submitter=authority.gss,
            period=period,
            tables={name: part[(at,)] for name, part in parts.items() if (at,) in part},
        )


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
        mistakes=written.mistakes.height,
        table="\n".join([f"{'period':8} {'what':52} {'basis':10} {'target':>12} {'achieved':>12}", *rows]),
    )
    (written.directory / "README.txt").write_text(text, encoding="utf-8")
