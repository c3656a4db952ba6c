"""What errors tell people: a code, and a message for each channel. The site names no command, option or folder."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import parentis
from parentis import remedies
from parentis.archive import find_home
from parentis.errors import NotFoundError, UnknownAuthorityError, UnreadableFileError, worded
from parentis.remedies import REMEDIES, Channel, Remedy
from parentis.returns.isolated import _said
from parentis.returns.isolation import _error
from parentis.web.error_messages import correction, message_of, next_step, reason_of, stored_message

SOURCE = Path(parentis.__file__).parent
COMMAND = re.compile(r"--[a-z]|'parentis |\bparentis [a-z]+'")
MET_BY_NO_PAGE = {
    "run-here", "install-spark", "part-folders", "give-earlier-findings", "give-collection-year",
    "new-folder",
}  # fmt: skip
"Of clusters, of checking files without storing them, and of what the site's own form asks for."


def texts(node: ast.expr) -> Iterator[str]:
    """What an expression may say, names in it left out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from (*texts(node.body), *texts(node.orelse))


def raised_with() -> Iterator[tuple[Path, str]]:
    """Every sentence after `do=` of an error that is raised below the site; the doctor's are the command line's own."""
    for path in SOURCE.rglob("*.py"):
        if path.relative_to(SOURCE).parts[0] in {"cli", "web"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") != "Inconsistency":
                for given in node.keywords:
                    yield from ((path, text) for text in texts(given.value) if given.arg == "do")


@pytest.mark.unit
def test_an_error_below_the_site_that_names_a_command_carries_a_remedy() -> None:
    said = list(raised_with())
    assert len(said) > 60
    assert [(path.name, text) for path, text in said if COMMAND.search(text)] == []


@pytest.mark.unit
def test_every_remedy_has_its_own_code_and_words_for_the_site() -> None:
    declared = [one for one in vars(remedies).values() if isinstance(one, Remedy)]
    assert len(REMEDIES) == len(declared) > 10
    assert {one.code for one in declared if COMMAND.search(one.on(Channel.SITE))} == MET_BY_NO_PAGE
    assert {one.code for one in declared if not one.site} == MET_BY_NO_PAGE


@pytest.mark.unit
def test_an_error_says_the_same_thing_in_the_words_of_each_channel() -> None:
    error = NotFoundError(
        expected="one", found="none", where=f"{find_home().path}/register", do=remedies.LIST_SUBMISSIONS
    )
    assert error.code == "list-submissions"
    assert str(error).endswith("/register: expected one, found none. List them with 'parentis register'.")
    assert message_of(error) == "the site/register: expected one, found none. Look for it in the list of returns."
    assert next_step(error) == "Look for it in the list of returns."
    assert correction(error) == "Expected one, found none. Look for it in the list of returns."
    assert message_of(None) == ""


@pytest.mark.unit
def test_a_stored_error_is_worded_for_each_channel_and_outlives_its_code() -> None:
    error = NotFoundError(expected="one", found="none", where=f"{find_home().path}/x", do=remedies.GIVE_PERIOD)
    row = {"why": str(error), "error": error.facts()}
    assert worded(error.facts(), Channel.COMMAND_LINE) == str(error)
    assert reason_of(row) == message_of(error) != str(error)
    later = row | {"error": error.facts() | {"code": "no-longer-there"}}
    assert reason_of(later).endswith("found none. Give it with --period 2024-25.")
    assert reason_of({"why": "The quarter is not closed", "error": None}) == "The quarter is not closed"
    assert reason_of({"why": None, "error": None}) == ""


@pytest.mark.unit
def test_an_error_without_a_remedy_has_the_code_of_its_kind() -> None:
    error = UnknownAuthorityError(expected="a", found="b", where="c", do="Write it in full.")
    assert (error.code, next_step(error), error.do) == ("unknown-authority", "Write it in full.", "Write it in full.")


@pytest.mark.unit
@pytest.mark.parametrize("do", [remedies.CHOOSE_RETURN, "Save it again as CSV UTF-8."])
def test_an_error_of_the_process_that_reads_files_keeps_its_code(do: Remedy | str) -> None:
    error = UnreadableFileError(expected="a", found="b", where="c", do=do)
    came = _error(_said(error), "c")
    assert (type(came), came.code, str(came)) == (UnreadableFileError, error.code, str(error))
    assert message_of(came) == message_of(error)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (
            "x: expected a, found b. Hand them in first: 'parentis submit'.",
            "x: expected a, found b. Submit them first.",
        ),
        ("Run 'parentis build'.", "Figures are updated when a return is accepted: wait until they have been."),
        (
            "Take it from 'parentis figures --format json'; a build since may have replaced it.",
            "Open the figure again and select its number; figures may have been updated since.",
        ),
        ("The quarter is not closed", "The quarter is not closed"),
    ],
)
def test_sentences_that_registers_hold_read_as_the_site_says_them(stored: str, shown: str) -> None:
    assert stored_message(stored) == shown
