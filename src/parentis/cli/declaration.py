"""Commands made from functions: annotations declare options and arguments, and the docstring is the help text.

The functions are ordinary ones; `command` reads their signatures only when the command is used, so a program with
many commands starts as fast as one with few.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import click


class Option:
    """`Annotated[str | None, Option("--period", help="Such as 2024-25.")]`. The type and default are the parameter's.

    `least` is the minimum of a whole number; `exists` requires a path to be an existing file.
    """

    def __init__(self, *flags: str, help: str = "", least: int | None = None, exists: bool = False) -> None:  # noqa: A002
        self.flags, self.help, self.least, self.exists = flags, help, least, exists


@dataclass(frozen=True, slots=True)
class Argument:
    """A positional argument. A list takes all remaining values."""

    help: str = ""
    name: str = ""
    "Its name in the usage line; by default the parameter's name."


@dataclass(frozen=True, slots=True)
class Entry:
    """A command that is not yet constructed: its section in the listing, and how to construct it."""

    name: str
    help: str
    make: Callable[[], click.Command]
    section: str = ""


class Program(click.Group):
    """A group whose commands are constructed on use and listed under their sections."""

    def __init__(self, name: str, entries: Sequence[Entry], **more: Any) -> None:
        super().__init__(name, no_args_is_help=True, **more)
        self.entries = {entry.name: entry for entry in entries}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self.entries.get(cmd_name)
        return entry.make() if entry else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section in dict.fromkeys(entry.section for entry in self.entries.values()):
            rows = [(one.name, one.help.partition("\n")[0]) for one in self.entries.values() if one.section == section]
            with formatter.section(section or "Commands"):
                formatter.write_dl(rows)


def entry(function: Callable[..., None], name: str = "", *, section: str = "", **more: Any) -> Entry:
    """A function as a command of a `Program`, under its own name."""
    called = name or function.__name__
    said = inspect.getdoc(function) or ""
    return Entry(called, said, lambda: command(function, called, **more), section)


def command(function: Callable[..., Any], name: str, *, help: str = "", **more: Any) -> click.Command:  # noqa: A002
    """A function as a command; a parameter without our annotations is an option with its own name."""
    parameters = _parameters(function)

    def call(**given: Any) -> None:
        several = {one.name: one.default for one, _ in parameters if isinstance(given.get(one.name), tuple)}
        lists = {name: list(given[name]) or default for name, default in several.items()}
        function(**(given | lists))

    return _Command(
        name,
        params=[_parameter(one, hint) for one, hint in parameters],
        callback=call,
        help=help or inspect.getdoc(function),
        **more,
    )


def _parameters(function: Callable[..., Any]) -> list[tuple[inspect.Parameter, Any]]:
    signature = inspect.signature(function)
    hints = get_type_hints(function, include_extras=True)
    return [(one, hints.get(one.name, one.annotation)) for one in signature.parameters.values()]


def _parameter(parameter: inspect.Parameter, hint: Any) -> click.Parameter:
    said: Any = Option()
    if get_origin(hint) is Annotated:
        hint, said = get_args(hint)[0], next(m for m in get_args(hint)[1:] if isinstance(m, (Option, Argument)))
    several, kind = _kind(hint)
    required = parameter.default is inspect.Parameter.empty
    if isinstance(said, Argument):
        return _Argument(
            [parameter.name],
            nargs=-1 if several else 1,
            required=required,
            type=_type(kind),
            metavar=said.name or None,
            said=said.help,
        )
    default = None if required else parameter.default
    flags = said.flags or (f"--{parameter.name.replace('_', '-')}",)
    if kind is bool:
        both = () if said.flags else (f"{flags[0]}/--no-{flags[0].removeprefix('--')}",)
        return click.Option(
            [parameter.name, *(both or flags)], is_flag=True, default=bool(default), help=said.help or None
        )  # fmt: skip
    shown = default is not None and default != "" and not several
    return click.Option(
        [parameter.name, *flags],
        type=_type(kind, said),
        required=required,
        multiple=several,
        default=default.value if isinstance(default, Enum) else default,
        show_default=shown,
        help=said.help or None,
    )


class _Command(click.Command):
    """A command whose arguments are explained above its options."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        said = [(one.make_metavar(ctx), one.said) for one in self.params if isinstance(one, _Argument) and one.said]
        if said:
            with formatter.section("Arguments"):
                formatter.write_dl(said)
        super().format_options(ctx, formatter)


class _Argument(click.Argument):
    """An argument with a help text, which click's own arguments do not have."""

    def __init__(self, *args: Any, said: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.said = said


def _kind(hint: Any) -> tuple[bool, Any]:
    """Whether several values are allowed, and their type: `list[Path] | None` is several of Path."""
    if get_origin(hint) in (Union, UnionType):
        hint = next(one for one in get_args(hint) if one is not NoneType)
    if get_origin(hint) is list:
        return True, get_args(hint)[0]
    return False, hint


def _type(kind: Any, said: Option | None = None) -> click.ParamType[Any]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _Choice(kind)
    if kind is Path:
        exists = said is not None and said.exists
        return click.Path(path_type=Path, exists=exists, dir_okay=not exists)
    if kind is int and said is not None and said.least is not None:
        return click.IntRange(min=said.least)
    return click.types.convert_type(kind if kind in (int, float) else str)


class _Choice(click.Choice[str]):
    """A choice of an enumeration's values; the function receives the member."""

    def __init__(self, kind: type[Enum]) -> None:
        super().__init__([str(member.value) for member in kind])
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return value if isinstance(value, self.kind) else self.kind(super().convert(value, param, ctx))
