"""Definitions as files: read, checked, frozen; and how their rules combine."""

from itertools import product
from pathlib import Path

import polars as pl
import pytest

from parentis.errors import DamageError, DeclarationError, NotFoundError
from parentis.services.cohort import definition, definitions
from parentis.services.cohort.definition_files import definitions_in, read_definition
from parentis.services.cohort.membership import member

TEXT = """
id = "test"
version = 1
title = "A test"
in_force = 2025-04-01
author = "A tester"
reason = "To try."
ages = [10, 17]
combination = "any"
[[rules]]
name = "a"
marker = "placements"
[[rules]]
name = "b"
marker = "missing"
[[rules]]
name = "c"
marker = "ehcp"
"""


def _combined(how: str, *weights: float) -> str:
    text = TEXT.replace('combination = "any"', how)
    for name, weight in zip("abc", weights, strict=False):
        text = text.replace(f'name = "{name}"', f'name = "{name}"\nweight = {weight}')
    return text


@pytest.mark.spec
def test_the_shipped_definitions_carry_the_law_and_its_days() -> None:
    one, two = definitions()
    assert (one.name, one.asks) == ("london-older v1", "any of 3 signs")
    assert (two.name, two.asks) == ("london-older v2", "at least 2 of 8 signs")
    act = next(law for law in two.regimes if "section 13" in law.source)
    assert act.start is None
    assert "commencement to be checked" in act.note
    assert definition("london-older") == two
    assert definition("london-older", 1) == one
    assert definition("london-older", on=one.in_force) == one
    with pytest.raises(NotFoundError, match="london-older v2"):
        definition("london-older", 9)


def _folder(tmp_path: Path, frozen: str, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    (tmp_path / "frozen.toml").write_text(frozen, encoding="utf-8")
    return tmp_path


@pytest.mark.spec
def test_a_file_that_was_changed_after_it_was_frozen_is_refused(tmp_path: Path) -> None:
    held = read_definition(TEXT).sha256
    assert definitions_in(_folder(tmp_path, f'"one.toml" = "{held}"', one=TEXT))[0].sha256 == held
    (tmp_path / "one.toml").write_text(TEXT.replace("[10, 17]", "[11, 17]"), encoding="utf-8")
    with pytest.raises(DamageError, match="changed after it was frozen"):
        definitions_in(tmp_path)
    (tmp_path / "one.toml").unlink()
    with pytest.raises(DamageError, match="is gone"):
        definitions_in(tmp_path)


@pytest.mark.unit
def test_a_file_that_is_not_frozen_is_refused_and_line_ends_do_not_matter(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="not frozen"):
        definitions_in(_folder(tmp_path, "", one=TEXT))
    assert read_definition(TEXT.replace("\n", "\r\n")).sha256 == read_definition(TEXT).sha256


@pytest.mark.unit
def test_versions_follow_one_another(tmp_path: Path) -> None:
    later = TEXT.replace("version = 1", "version = 3").replace("2025-04-01", "2026-04-01")
    frozen = "\n".join(
        f'"{name}.toml" = "{read_definition(text).sha256}"' for name, text in (("a", TEXT), ("b", later))
    )
    with pytest.raises(DeclarationError, match="does not follow"):
        definitions_in(_folder(tmp_path, frozen, a=TEXT, b=later))


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TEXT.replace('author = "A tester"\n', ""), "does not say author"),
        (TEXT.replace('title = "A test"', 'title = "A test"\nmood = 1'), "says mood"),
        (TEXT.replace('marker = "ehcp"', 'marker = "ehcp"\nlimit = 3'), "a rule says limit"),
        (TEXT.replace('marker = "ehcp"', 'marker = "luck"'), "no marker 'luck'"),
        (TEXT.replace('name = "b"', 'name = "a"'), "a name of its own"),
        (TEXT.replace("[10, 17]", "[17, 10]"), "two whole years"),
        (TEXT.replace('"any"', '"some"'), "combination is one of"),
        (_combined('combination = "at_least"'), "at_least is said with"),
        (_combined('combination = "at_least"\nat_least = 4'), "no more than their sum"),
        (_combined('combination = "any"', 2.0), "weights are for the weighted"),
        (_combined('combination = "weighted"\nat_least = 1', 0.0), "weights are above 0"),
    ],
)
def test_a_definition_is_checked_when_it_is_read(text: str, says: str) -> None:
    with pytest.raises(DeclarationError, match=says):
        read_definition(text)


@pytest.mark.spec
@pytest.mark.parametrize(
    ("how", "weights", "least"),
    [
        ('combination = "any"', (1, 1, 1), 1),
        ('combination = "at_least"\nat_least = 2', (1, 1, 1), 2),
        ('combination = "at_least"\nat_least = 3', (1, 1, 1), 3),
        ('combination = "weighted"\nat_least = 0.3', (0.1, 0.2, 0.3), 0.3),
    ],
)
def test_not_known_is_in_or_out_only_where_every_answer_would_be(
    how: str, weights: tuple[float, ...], least: float
) -> None:
    """The oracle: whatever is not known is put both ways, and the answers are compared."""
    of = read_definition(_combined(how, *(weights if "weighted" in how else ())))
    for answers in product([True, False, None], repeat=3):
        ways = product(*([one] if one is not None else [True, False] for one in answers))
        found = {sum(w for w, yes in zip(weights, way, strict=True) if yes) >= least - 1e-9 for way in ways}
        frame = pl.DataFrame(
            dict(zip("abc", ([one] for one in answers), strict=True)), dict.fromkeys("abc", pl.Boolean)
        )
        assert frame.select(member(of)).item() is (found.pop() if len(found) == 1 else None), answers
