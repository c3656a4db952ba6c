"""The mapping of published lines: by label, whatever the number, the punctuation and the footnote."""

import pytest

from parentis.returns.finance import lines


@pytest.mark.spec
@pytest.mark.parametrize(
    ("return_id", "number", "label", "expected"),
    [
        (lines.RA, "330", "TOTAL CHILDREN'S SOCIAL CARE", "csc"),
        (lines.RS, "330", "Children Social Care", "csc"),
        (lines.RO3, "", "TOTAL CHILDREN SOCIAL CARE", "csc"),
        (lines.RA, "331", "Total children’s social care [note 3]", "csc"),
        (lines.RA, "313", "Children's social care: Children looked after", "csc.looked_after"),
        (lines.RO3, "", "Children's social care - Children Looked After", "csc.looked_after"),
        (
            lines.RO3,
            "",
            "Children's social care - Children Looked After of which residential care",
            "csc.looked_after.residential",
        ),
        (lines.RA, "326", "Children's social care: Asylum seekers", "csc.asylum"),
        (lines.RA, "349", "Social support: Asylum seeker support", "asc.asylum"),
        (lines.RO3, "", "TOTAL ADULT SOCIAL CARE [note 2]", "asc"),
        (
            lines.RO3,
            "",
            "TOTAL CHILDREN SOCIAL CARE - Children's Social Care - agency staff cost memorandum item",
            "csc.agency",
        ),
        (lines.RA, "799", "TOTAL SERVICE EXPENDITURE", "services"),
        (lines.RS, "699", "TOTAL SERVICE EXPENDITURE (total of lines 190 to 698)", "services"),
        (
            lines.RA,
            "913",
            "Appropriations to(+)/ from(-) dedicated schools grant reserves (c)",
            "reserves.dsg.appropriation",
        ),
        (
            lines.RS,
            "915",
            "Estimated other earmarked financial reserves level at 31 March",
            "reserves.earmarked.closing",
        ),
        (lines.RA, "384", "Children 5–19 public health programmes", None),
        (lines.RA, "905", "Something else entirely", None),
    ],
)
def test_a_line_is_known_by_its_label(return_id: str, number: str, label: str, expected: str | None) -> None:
    assert lines.service_line(return_id, label, number) == expected


@pytest.mark.unit
def test_a_number_that_moved_is_said() -> None:
    assert lines.moved(lines.RA, [("csc", "330", "TOTAL"), ("csc", "", "TOTAL"), ("csc.agency", "9", "x")]) == []
    [sentence] = lines.moved(lines.RA, [("csc", "331", "TOTAL CHILDREN'S SOCIAL CARE")])
    assert "line 331" in sentence
    assert "line 330" in sentence


@pytest.mark.unit
def test_every_line_has_its_own_id() -> None:
    ids = [line.id for line in lines.LINES]
    assert len(ids) == len(set(ids))
