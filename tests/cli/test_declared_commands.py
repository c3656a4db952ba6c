"""Commands made from functions, and from what services announce without importing what is behind them."""

import inspect
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import click
import pytest
from click.testing import CliRunner

from parentis.cli import program
from parentis.cli.declaration import Argument, Entry, Option, Program, command
from parentis.cli.signatures import options_of
from parentis.services import Command, Ref, services

COMMANDS = [command for service in services().values() for command in service.commands]


class Shade(StrEnum):
    LIGHT = "light"
    DARK = "dark"


def _told(arguments: list[str]) -> dict[str, Any]:
    told: dict[str, Any] = {}

    def paint(
        files: Annotated[list[Path], Argument(help="What to paint.")],
        shade: Annotated[Shade, Option("--shade", help="How dark.")] = Shade.LIGHT,
        coats: Annotated[int | None, Option("--coats", least=1)] = None,
        tint: Annotated[list[str] | None, Option("--tint", "--colour")] = None,
        dry: bool = False,
    ) -> None:
        """Paint files."""
        told.update(files=files, shade=shade, coats=coats, tint=tint, dry=dry)

    done = CliRunner().invoke(command(paint, "paint"), arguments)
    return told or {"exit": done.exit_code, "said": done.output}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["a"], {"files": [Path("a")], "shade": Shade.LIGHT, "coats": None, "tint": None, "dry": False}),
        (
            ["a", "b", "--shade", "dark", "--coats", "2", "--colour", "x", "--tint", "y", "--dry"],
            {"files": [Path("a"), Path("b")], "shade": Shade.DARK, "coats": 2, "tint": ["x", "y"], "dry": True},
        ),
    ],
)
def test_a_function_is_given_what_was_typed(arguments: list[str], expected: dict[str, Any]) -> None:
    assert _told(arguments) == expected


@pytest.mark.unit
@pytest.mark.parametrize(
    ("arguments", "said"),
    [([], "FILES"), (["a", "--coats", "0"], "--coats"), (["a", "--shade", "grey"], "--shade"), (["a", "--no"], "--no")],
)
def test_what_cannot_be_is_refused_by_name(arguments: list[str], said: str) -> None:
    told = _told(arguments)
    assert told["exit"] == 2
    assert said in told["said"]


@pytest.mark.unit
def test_help_explains_arguments_and_options() -> None:
    said = _told(["--help"])["said"]
    assert "What to paint." in said
    assert "How dark." in said
    assert "[default: light]" in said


@pytest.mark.unit
def test_commands_stand_under_their_sections_and_are_made_when_asked_for() -> None:
    made = Program("all", (Entry("broken", "Fails when made.", lambda: click.Command(str(1 / 0)), "Broken things"),))
    said = CliRunner().invoke(made, ["--help"]).output
    assert "Broken things:" in said
    assert "Fails when made." in said


@pytest.mark.unit
@pytest.mark.parametrize("announced", COMMANDS, ids=lambda one: one.name)
def test_a_service_commands_options_are_those_of_its_function(announced: Command) -> None:
    function = announced.run.resolve()
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    assert [one.replace(annotation=None) for one in options_of(announced.run)] == [
        one.replace(annotation=None) for one in own
    ]
    assert [one.annotation for one in options_of(announced.run)] == [one.annotation for one in own]


@pytest.mark.unit
def test_what_the_source_does_not_say_is_imported() -> None:
    named = [one.name for one in options_of(Ref("parentis.returns.ssda903.rules.check:check"))]
    assert "collection_year" in named


ASK_EACH = """
import sys
from parentis.cli import program
for name in program().entries:
    try:
        program()([name, "--help"])
    except SystemExit:
        pass
heavy = {"polars", "numpy", "numba", "deltalake", "django", "pydantic"} & set(sys.modules)
sys.exit(f"imports {sorted(heavy)}" if heavy else 0)
"""


@pytest.mark.functional
def test_help_imports_nothing_heavy() -> None:
    """A quarter of a second is what a person takes for at once: none of these fits into it."""
    ran = subprocess.run([sys.executable, "-c", ASK_EACH], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("Usage:") == len(program().entries)
