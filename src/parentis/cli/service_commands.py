"""The commands that services declare: keyword arguments become options, and the result is printed."""

import inspect
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import click

from parentis.cli import common
from parentis.cli.declaration import Entry, Option, Program, command
from parentis.cli.output import Format, show
from parentis.cli.signatures import help_of, options_of
from parentis.services import Answer, Command, Service, services

Files = Annotated[list[Path] | None, Option("--returns", help="Files or a folder to use instead of accepted returns.")]
FormatOption = Annotated[Format, Option("--format", help="How to print the result.")]


def service_entries() -> tuple[Entry, ...]:
    """Each service's commands.

    Their functions are imported only when a command is used. A name of two words, `custody routing-accuracy`, is a
    command in a group of its service.
    """
    return tuple(one for service in services().values() for one in _entries(service))


def _entries(service: Service) -> list[Entry]:
    groups: dict[str, list[Entry]] = {}
    found = []
    for announced in service.commands:
        group, _, name = announced.name.rpartition(" ")
        made = Entry(name, announced.help, partial(_made, announced), service.title)
        groups.setdefault(group, []).append(made)
    found += groups.pop("", [])
    for group, entries in groups.items():
        found.append(Entry(group, service.title, partial(_group, group, tuple(entries), service.title), service.title))
    return found


def _group(name: str, entries: tuple[Entry, ...], title: str) -> click.Command:
    return Program(name, entries, help=title)


def _made(announced: Command) -> click.Command:
    return command(_bound(announced), announced.name.rpartition(" ")[2], help=announced.help)


def _bound(announced: Command) -> Callable[..., None]:
    """The command as a function of its options and `--format`."""
    options = [
        one.replace(annotation=Annotated[one.annotation, Option(help=help_of(announced, one.name))])
        for one in options_of(announced.run)
    ]

    def call(**given: Any) -> None:
        from parentis import workflow

        function = announced.run.resolve()
        form, files = given.pop("form"), given.pop("files", None)
        needs = announced.needs
        if files:
            _answer(function(workflow.tables_from_files(files, needs), **given), form)
            return
        with workflow.submitted_references(common.home()):
            _answer(function(workflow.tables(common.home(), needs), **given), form)

    if announced.from_files:
        options.append(_keyword("files", None, Files))
    options.append(_keyword("form", Format.TABLE, FormatOption))
    call.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in options}
    return call


def _answer(given: Any, form: Format) -> None:
    if isinstance(given, Answer):
        given = given.document if form is Format.JSON else given.rows
    show(given, form)


def _keyword(name: str, default: object, annotation: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
