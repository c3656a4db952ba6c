"""Tables in a terminal of any width hold every value whole; options have help; progress says what is being done."""

import re
from datetime import date

import click
import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from parentis.cli import common, program, tables

FRAME = pl.DataFrame(
    {
        "authority": ["Kensington and Chelsea", "Barking and Dagenham"],
        "measure": ["Children looked after, forecast for one authority by placement group", "Cost of placements"],
        "value": [1234567.25, 0.125],
        "period_end": [date(2025, 3, 31), None],
    }
)


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def at(frame: pl.DataFrame, width: int) -> str:
        monkeypatch.setenv("COLUMNS", str(width))
        tables.print_table(frame)
        return capsys.readouterr().out

    return at


def words(text: str) -> list[str]:
    return re.findall(r"[^\s]+", text)


@pytest.mark.spec
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_table_fits_and_cuts_no_value(printed, width: int) -> None:  # type: ignore[no-untyped-def]
    out = printed(FRAME, width)
    assert max(len(line.rstrip()) for line in out.splitlines()) <= width
    assert "…" not in out
    for row in FRAME.rows():
        for value in row:
            assert set(words(tables.cell(value))) <= set(words(out)), value


@pytest.mark.unit
def test_more_columns_than_fit_are_printed_a_row_at_a_time(printed) -> None:  # type: ignore[no-untyped-def]
    wide = pl.DataFrame({f"column_{at}": [f"a value of {at}", f"another of {at}"] for at in range(30)})
    out = printed(wide, 80)
    assert out.count("\n\n") == 2, "a blank line after each row"
    assert "column 29  another of 29" in out


@pytest.mark.unit
def test_a_long_table_is_preceded_by_what_it_holds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    long = pl.DataFrame({"authority": ["a", "b"] * 30, "period": ["2024-25"] * 60, "value": range(60)})
    tables.print_table(long)
    assert capsys.readouterr().err == "60 rows: 2 of authority.\n"
    tables.print_table(long.head(tables.LONG))
    assert capsys.readouterr().err == ""


@pytest.mark.generative
@given(st.lists(st.tuples(st.text("abcdefgh ", max_size=90), st.floats(-1e9, 1e9)), min_size=1, max_size=5),
       st.integers(60, 150))  # fmt: skip
def test_no_word_is_lost_at_any_width(rows: list[tuple[str, float]], width: int) -> None:
    import io
    import os
    from contextlib import redirect_stdout
    from unittest import mock

    frame = pl.DataFrame(rows, schema={"text": pl.String, "number": pl.Float64}, orient="row")
    out = io.StringIO()
    with mock.patch.dict(os.environ, {"COLUMNS": str(width)}), redirect_stdout(out):
        tables.print_table(frame)
    joined = "".join(words(out.getvalue()))
    for text, number in rows:
        assert tables.cell(number) in out.getvalue()
        assert all(word[:8] in joined for word in words(text))


def _options(command: click.Command, path: str, context: click.Context):  # type: ignore[no-untyped-def]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _options(inner, f"{path} {name}", context)
    else:
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield path, parameter


@pytest.mark.unit
def test_every_option_of_every_command_has_help() -> None:
    context = click.Context(program())
    every = list(_options(program(), "parentis", context))
    assert len(every) > 100
    without = [f"{path} {one.opts[0]}" for path, one in every if not one.help and one.name != "help"]
    assert without == []


@pytest.mark.spec
@pytest.mark.parametrize(
    ("stage", "name", "said"),
    [
        ("built: Placement demand", "built", "Building figures: Placement demand"),
        ("checked", "checked", "Checking by the rules"),
        ("sorting", "sorting", "Sorting"),
    ],
)
def test_progress_says_what_is_being_done(stage: str, name: str, said: str) -> None:
    assert common.in_words(stage) == (name, said)


@pytest.mark.unit
def test_serving_says_at_once_that_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    from parentis import web

    monkeypatch.setattr(web, "serve", lambda **_: None)
    result = CliRunner().invoke(program(), ["serve"])
    assert "Starting the site" in result.stderr
