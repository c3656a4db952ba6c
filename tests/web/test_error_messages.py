"""What errors tell people at the site to do: never a command, an option or a folder."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import parentis
from parentis.archive import find_home
from parentis.web.error_messages import MET_BY_NO_PAGE, WORDS, site_message

SOURCE = Path(parentis.__file__).parent
COMMAND = re.compile(r"--[a-z]|'parentis |\bparentis [a-z]+'")


def texts(node: ast.expr) -> Iterator[str]:
    """What an expression may say, names in it left out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from (*texts(node.body), *texts(node.orelse))


def told_to_do() -> set[str]:
    """Every `do` below the site that names a command or an option."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        if path.relative_to(SOURCE).parts[0] in {"cli", "web"} or path.name.endswith("commands.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            for given in node.keywords if isinstance(node, ast.Call) else ():
                if given.arg == "do":
                    found.update(text for text in texts(given.value) if COMMAND.search(text))
    return found


@pytest.mark.unit
def test_every_error_that_names_a_command_has_words_for_the_site() -> None:
    said = told_to_do()
    assert len(said) > 10
    assert said - set(WORDS) == said & MET_BY_NO_PAGE
    assert not [text for text in WORDS.values() if COMMAND.search(text)]


@pytest.mark.unit
def test_the_sites_words_take_their_place() -> None:
    error = f"{find_home().path}/register: expected one, found none. List them with 'parentis register'."
    assert site_message(error) == (
        "the site/register: expected one, found none. The list of returns has those that are held."
    )
