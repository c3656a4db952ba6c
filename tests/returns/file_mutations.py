"""Files as no publisher meant them: mutations of bytes, headings, cells and zips, and what must hold of reading each.

Used by the seeded test beside it, and by bench/reading_fuzz.py over every public file.
"""

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from parentis.returns import Recognised, Unopened, check_spec, gather_readings, open_parts, the_return, type_cells
from parentis.returns.readings import Gathered

ODD_CELLS = (
    "", " ", "\xa0", "NULL", "nan", "#REF!", "#N/A", "62%", "12 %", "−12", "(5)", "1,234", "1e400", "-0", "٣", "0:11",
    "31/02/2024", "29/02/2023", "9999-99-99", "45678", "1.0", "c", "[x]", "<5", "…", "=1+1", '"', "'", ";", "\t", "💷",
    "E09000007", "E12000007", "Local authority", "2024", "202425", "x" * 5000, "\x00", "\x1b", "a\nb", "\u202e",
)  # fmt: skip
ODD_BYTES = (
    b"\x00",
    b"\xff",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n\n",
    b'"',
    b",",
    b"\x1a",
    b"\x81",
    b"PK\x03\x04",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading one file gave: `readings`, files `unused`, files on which a reader `failed`, and what was wrong."""

    readings: int
    unused: int
    failed: tuple[str, ...]
    wrong: tuple[str, ...]


def mutated(name: str, raw: bytes, random: Random, others: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    """The file after one to four mutations, under a name that may lie."""
    table = _rows(raw)
    for _ in range(random.randint(1, 4)):
        if table and random.random() < 0.7:
            _mutate_rows(table, random)
        else:
            raw, table = (_written(table, random) if table else raw), None
            raw = _mutate_bytes(raw, random)
    if table:
        raw = _written(table, random)
    if random.random() < 0.1:
        name, raw = "all.zip", _zipped([(name, raw), *random.sample(list(others), k=min(2, len(others)))], random)
    if random.random() < 0.1:
        name = random.choice(("data.csv", "2019.csv", "a_22to25.csv", "RA_2016-17.csv", "x.xlsx", "noname"))
    return name, raw


def judged(name: str, raw: bytes) -> Verdict:
    """Read, type and check one file. An exception that is raised is a fault of ours: it is not caught here."""
    opened = open_parts(name, raw)
    gathered = gather_readings(opened)
    wrong = [*_silent(name, gathered, sum(isinstance(one, Unopened) for one in opened), len(opened))]
    for reading in gathered.readings:
        spec = the_return(reading.return_id).spec
        label = reading.period if reading.period in spec.periods or not spec.periods else spec.periods[-1]
        year = spec.at(label or "")
        check_spec(reading, type_cells(reading, year), year)
        for taken in reading.taken:
            named = sum(one.rows for one in reading.problems if one.file == taken.file)
            tables = {one.table for one in reading.taken if one.file == taken.file}
            if (
                taken.rows is not None
                and taken.kept is not None
                and len(tables) == 1
                and taken.rows != taken.kept + named
            ):
                wrong.append(f"{taken.return_id}: {taken.rows} rows, {taken.kept} kept, {named} named")
            if (counted := _counted(taken, raw if name == taken.file else b"")) is not None and counted != taken.rows:
                wrong.append(f"{taken.return_id}: {counted} rows in the file, {taken.rows} told of")
    failed = tuple(one.why for one in gathered.unused if "on which the reader failed" in one.why)
    return Verdict(len(gathered.readings), len(gathered.unused), failed, tuple(wrong))


def _silent(name: str, gathered: Gathered, unopened: int, opened: int) -> list[str]:
    """Every file is in a reading or is told of with a sentence."""
    told = {one.file for one in gathered.unused} | {t.file for one in gathered.readings for t in one.taken}
    wrong = [] if opened == 0 or told else [f"{name}: nothing is said of it"]
    if len(told) < unopened:
        wrong.append(f"{name}: {unopened} files could not be opened, {len(told)} are told of")
    wrong += [f"{one.file}: no reason" for one in gathered.unused if not one.why or not str(one.error)]
    return wrong


def _counted(taken: Recognised, raw: bytes) -> int | None:
    """Filled rows below the first line, counted without the reader; None where the file is no plain table."""
    if taken.rows is None or not raw or taken.return_id not in ("open_statistics.dfe", "open_statistics.lait"):
        return None
    text = _plain_text(raw)
    if text is None:
        return None
    rows = list(csv.reader(io.StringIO(text, newline="")))
    heads = ("time_period", "short desc", "geog_n", "gor_name", "measure_short")
    cells = [[cell.strip().casefold() for cell in row] for row in rows[:20]]
    headed = [n for n, row in enumerate(cells) if set(row) & set(heads)]
    # where words of the headings stand in two rows, or among data, which row is meant is for the reader to say
    at = headed[0] if len(headed) == 1 and not any(cell.isdigit() for cell in cells[headed[0]]) else None
    if at is None:
        return None
    return sum(any(cell.strip().strip("\xa0") for cell in row) for row in rows[at + 1 :])


def _plain_text(raw: bytes) -> str | None:
    """The text, where it has nothing that reading has to mend: quotation marks, control characters, odd line ends."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    odd = '"' in text or "\r" in text.replace("\r\n", "") or any(ord(c) < 32 and c not in "\t\r\n" for c in text)
    return None if odd or "\t" in text or ";" in text else text


def _rows(raw: bytes) -> list[list[str]] | None:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if "\x00" in text or text.lstrip()[:1] in ("<", "{", "["):
        return None
    return list(csv.reader(io.StringIO(text, newline="")))


def _mutate_rows(rows: list[list[str]], random: Random) -> None:
    if not rows:
        return
    at = random.randrange(len(rows))
    row = rows[at]
    column = random.randrange(len(row)) if row else 0
    match random.randrange(10):
        case 0 | 1 | 2 if row:
            row[column] = random.choice(ODD_CELLS)
        case 3 if rows[0]:
            rows[0][random.randrange(len(rows[0]))] = random.choice((*ODD_CELLS, "number", "CHILD", "time_period"))
        case 4:
            rows.insert(at, list(rows[random.randrange(len(rows))]))
        case 5:
            del rows[at]
        case 6:
            for each in rows:
                if column < len(each):
                    each.append(each[column])
        case 7:
            for each in rows:
                if column < len(each):
                    del each[column]
        case 8:
            rows[at] = row[: column + 1]
        case _:
            rows.insert(
                0, [random.choice(("A title", "as at 31 March 2024", "£ thousand")), *[""] * random.randrange(3)]
            )


def _written(rows: list[list[str]], random: Random) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=random.choice(",,,,\t;"), lineterminator=random.choice(("\n", "\n", "\r\n"))).writerows(
        rows
    )
    encoding = random.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"))
    return text.getvalue().encode(encoding, "replace")


def _mutate_bytes(raw: bytes, random: Random) -> bytes:
    at = random.randrange(len(raw) + 1)
    match random.randrange(6):
        case 0:
            return raw[:at]
        case 1:
            return raw[:at] + random.choice(ODD_BYTES) + raw[at:]
        case 2:
            return raw[:at] + random.randbytes(random.randint(1, 8)) + raw[at + 4 :]
        case 3:
            return raw[:at] + raw[at + random.randint(1, 200) :]
        case 4:
            return raw + b"\x00" * random.choice((1, 512, 4096))
        case _:
            return raw[:at] + raw[max(0, at - 300) : at] + raw[at:]


def _zipped(members: Sequence[tuple[str, bytes]], random: Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, raw) in enumerate(members):
            archive.writestr(f"{number}/{name.rpartition('/')[2]}", raw)
    raw = buffer.getvalue()
    return _mutate_bytes(raw, random) if random.random() < 0.3 else raw
