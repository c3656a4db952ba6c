"""The commands that services announce: their keyword arguments become options, their result is printed."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from parentis.cli import common
from parentis.cli.output import Format, show
from parentis.services import Command, Service, services


def add_service_commands(app: typer.Typer) -> None:
    """Add each service's commands to `app`. Their functions are imported only when one is called for.

    A name of two words, `custody routing-accuracy`, is a command in a group of its service."""
    for service in services().values():
        group = typer.Typer(help=service.title, no_args_is_help=True)
        grouped = [command for command in service.commands if " " in command.name]
        if grouped:
            app.add_typer(group, name=grouped[0].name.split()[0], rich_help_panel=service.title)
        for command in service.commands:
            (group if command in grouped else app).command(
                command.name.split()[-1],
                help=command.help,
                rich_help_panel=service.title,
                # Options come from the function's own signature, read when this command is the one asked for.
                add_help_option=False,
                context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
            )(_deferred(command, service))


def _deferred(command: Command, service: Service) -> Callable[[typer.Context], None]:
    def run(ctx: typer.Context) -> None:
        inner = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        inner.command(command.name, help=command.help)(_bound(command))
        inner(args=ctx.args, prog_name=f"parentis {command.name}", standalone_mode=False)

    run.__doc__ = f"{command.help} ({service.title})"
    return run


def _bound(command: Command) -> Callable[..., None]:
    """The command as a function of its options alone, with `--format` beside them."""
    from parentis import workflow

    function = command.run.resolve()
    options = list(inspect.signature(function).parameters.values())[1:]

    def call(**given: Any) -> None:
        form, files = given.pop("form"), given.pop("files", None)
        needs = command.needs
        tables = workflow.tables_from_files(files, needs) if files else workflow.tables(common.home(), needs)
        show(function(tables, **given), form)

    form = inspect.Parameter(
        "form", inspect.Parameter.KEYWORD_ONLY, default=typer.Option(Format.TABLE, "--format"), annotation=Format
    )
    if command.from_files:
        files = typer.Option(None, "--returns", help="Files or a folder to ask, in place of what was handed in.")
        options.append(
            inspect.Parameter("files", inspect.Parameter.KEYWORD_ONLY, default=files, annotation=list[Path] | None)
        )
    call.__signature__ = inspect.Signature([*options, form])  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in (*options, form)}
    return call
