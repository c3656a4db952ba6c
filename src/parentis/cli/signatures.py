"""The options of a service's command, read from its source, so that `--help` does not import the models behind it."""

import ast
import inspect
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from parentis.services import Command, Ref

TYPES: Mapping[str, object] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "Path": Path,
    "str | None": str | None,
    "int | None": int | None,
    "float | None": float | None,
    "Path | None": Path | None,
}
"The types that a command's options may have."

HELP: Mapping[str, str] = {
    "authority": "An authority's name, ONS code or DfE number.",
    "seed": "Of the random numbers: the same seed gives the same answer.",
    "replicates": "Number of futures to simulate.",
    "period": "Such as 2024-25; without it, the last that is held.",
    "months": "Months ahead.",
    "years": "Years back.",
    "groups": "Placement groups: commissioning, four, or written out as 'name=CODE CODE; name=CODE'.",
    "cut": "The last day of which a return may tell: 2025-03-31; without it, the end of the last return.",
    "partnership": "The partnership's id.",
}
"Help for options that mean the same in every command that has them."


def help_of(announced: Command, option: str) -> str:
    """The help of a command's option: the command's own, else what it means everywhere."""
    return announced.options.get(option) or HELP.get(option, "")


def options_of(ref: Ref) -> list[inspect.Parameter]:
    """The keyword parameters of the function that `ref` names, as `inspect.signature` would give them.

    Only types of `TYPES` and literal defaults (or constants of the same module) can be read in this way; otherwise
    the module is imported.
    """
    read = _from_source(ref)
    if read is not None:
        return read
    parameters = list(inspect.signature(ref.resolve(), eval_str=True).parameters.values())
    return [one for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY]


def _from_source(ref: Ref) -> list[inspect.Parameter] | None:
    module, _, name = ref.path.partition(":")
    found = find_spec(module)
    if found is None or found.origin is None or not Path(found.origin).is_file():
        return None
    tree = ast.parse(Path(found.origin).read_bytes())
    function = next((one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name), None)
    if function is None or function.decorator_list:
        return None
    constants = {
        target.id: one.value
        for one in tree.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    try:
        return [
            inspect.Parameter(
                argument.arg, inspect.Parameter.KEYWORD_ONLY, annotation=TYPES[_written(argument.annotation)],
                default=inspect.Parameter.empty if default is None else _value(default, constants),
            )
            for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
        ]  # fmt: skip
    except (KeyError, ValueError):
        return None


def _written(annotation: ast.expr | None) -> str:
    return "" if annotation is None else ast.unparse(annotation).strip("'\"")


def _value(default: ast.expr, constants: Mapping[str, ast.expr]) -> object:
    if isinstance(default, ast.Name):
        default = constants[default.id]
    return ast.literal_eval(default)
