"""A protocol is one text with one hash; what is wrong with it is said field by field; amendments carry their reason."""

from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.errors import SpecificationError
from parentis.services.trials import (
    FIELDS,
    Analysis,
    Arm,
    HarmRule,
    Protocol,
    Stopping,
    Timing,
    amended,
    checked,
    from_form,
    frozen,
    missing_papers,
    problems,
    protocol_hash,
    read_protocol,
    reference,
    refuse_shared,
    shared_children,
    to_form,
    with_operating,
    write_protocol,
)
from trials.protocols import LONDON, parallel, protocol, wedge


@pytest.mark.spec
def test_the_text_of_a_protocol_and_its_hash_stay_as_they_are() -> None:
    # Written down once: were either to change, no protocol frozen before could be analysed any more.
    assert protocol_hash(protocol()) == "03ff2e207a8e4009bb3f67880006eacc20107cd49f4dcd6586c447b7016f91b6"
    assert write_protocol(protocol()).startswith(
        '{"allocation":"blocked","analysis":{"cac":1.0,"icc":0.03,"level":0.95,'
    )


@pytest.mark.generative
@given(
    title=st.text(min_size=1), baseline=st.floats(0.01, 0.99), looks=st.lists(st.integers(1, 500), max_size=5),
    starts=st.dates(),
)  # fmt: skip
def test_reading_what_was_written_gives_the_same_protocol(title, baseline, looks, starts) -> None:
    made = protocol(
        title=title, looks=tuple(looks), outcome=replace(protocol().outcome, baseline=baseline),
        timing=replace(protocol().timing, starts=starts),
    )  # fmt: skip
    assert read_protocol(write_protocol(made)) == made
    assert protocol_hash(read_protocol(write_protocol(made))) == protocol_hash(made)


@pytest.mark.unit
def test_whole_numbers_and_their_decimals_have_one_hash() -> None:
    assert protocol_hash(protocol(analysis=Analysis(method="cluster robust", cac=1))) == protocol_hash(
        protocol(analysis=Analysis(method="cluster robust", cac=1.0))
    )


@pytest.mark.unit
@pytest.mark.parametrize("name", [one.name for one in fields(Protocol)])
def test_every_field_is_in_the_hash(name: str) -> None:
    other = {
        "arms": (Arm(name="as before", what="x"), Arm(name="conference", what="y")), "boroughs": LONDON[:11],
        "outcome": replace(protocol().outcome, months=6), "timing": replace(protocol().timing, months=6),
        "analysis": Analysis(method="permutation"), "looks": (3,), "stopping": Stopping(benefit=0.9),
        "harm": HarmRule(measure="x", at_most=0, then="y"), "version": 2,
        "operating": with_operating(parallel(looks=(5, 9))).operating,
    }  # fmt: skip
    assert protocol_hash(protocol(**{name: other.get(name, "something else")})) != protocol_hash(protocol())


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("not json", "whole text"),
        ("{}", "format"),
        ('{"format": 1}', "protocol"),
        (write_protocol(protocol()).replace('"version":1', '"version":"1"'), "version"),
        (write_protocol(protocol()).replace('"version":1', '"version":1,"colour":"red"'), "protocol"),
        (write_protocol(protocol()).replace("2026-04-01", "1 April"), "timing.starts"),
    ],
)
def test_a_text_that_is_no_protocol_is_refused_where_it_is_wrong(text: str, where: str) -> None:
    with pytest.raises(SpecificationError) as refused:
        read_protocol(text)
    assert refused.value.where == f"trial protocol, {where}"


OUTCOME, TIMING = protocol().outcome, protocol().timing


@pytest.mark.unit
@pytest.mark.parametrize(
    ("made", "field"),
    [
        (protocol(id="Has Spaces"), "id"),
        (protocol(question=" "), "question"),
        (protocol(version=2), "reason"),
        (protocol(population="older-cohort"), "population"),
        (protocol(design="before and after"), "design"),
        (protocol(unit="family"), "unit"),
        (parallel(unit="borough"), "unit"),
        (parallel(allocation="minimisation"), "allocation"),
        (protocol(boroughs=()), "boroughs"),
        (protocol(boroughs=("Camden", "Barnet")), "boroughs"),
        (protocol(boroughs=LONDON[:2] * 2), "boroughs"),
        (protocol(arms=(Arm(name="a", what="b"), Arm(name="a", what="c"))), "arms.1.name"),
        (protocol(arms=(Arm(name="a", what="b"), Arm(name="", what="c"))), "arms.1.name"),
        (protocol(arms=(Arm(name="a", what="b", cost="dear"), Arm(name="d", what="c"))), "arms.0.cost"),
        (protocol(outcome=replace(OUTCOME, measure="")), "outcome.measure"),
        (protocol(outcome=replace(OUTCOME, baseline=44.8)), "outcome.baseline"),
        (protocol(outcome=replace(OUTCOME, expected=0.448)), "outcome.expected"),
        (protocol(outcome=replace(OUTCOME, better="higher")), "outcome.better"),
        (protocol(outcome=replace(OUTCOME, months=0)), "outcome.months"),
        (protocol(timing=replace(TIMING, steps=(6, 6))), "timing.steps"),
        (wedge(29), "timing.steps"),
        (wedge(timing=Timing(starts=date(2026, 4, 1), periods=5, months=6, steps=(6,) * 5)), "timing.periods"),
        (protocol(analysis=Analysis(method="synthetic control")), "analysis.method"),
        (protocol(analysis=Analysis(method="cluster robust", icc=1.0)), "analysis.icc"),
        (protocol(analysis=Analysis(method="cluster robust", level=95)), "analysis.level"),
        (protocol(looks=(20, 40), stopping=Stopping(rule="pocock")), "looks"),
        (parallel(looks=(40, 20), stopping=Stopping(rule="pocock")), "looks"),
        (parallel(looks=(20, 40)), "stopping.rule"),
        (parallel(stopping=Stopping(rule="pocock")), "stopping.rule"),
        (parallel(looks=(20, 40), stopping=Stopping(rule="bayesian")), "stopping.rule"),
        (parallel(analysis=Analysis(method="bayesian sequential")), "looks"),
        (
            parallel(
                analysis=Analysis(method="bayesian sequential"), looks=(20, 40), stopping=Stopping(rule="bayesian")
            ),
            "operating",
        ),
        (protocol(harm=HarmRule(measure="", at_most=0.1, then="x")), "harm.measure"),
        (protocol(harm=HarmRule(measure="x", at_most=-0.1, then="x")), "harm.at_most"),
        (protocol(harm=HarmRule(measure="x", at_most=0.1, then="")), "harm.then"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_field_and_stops_the_freeze(made: Protocol, field: str) -> None:
    assert field in [one.field for one in problems(made)]
    assert all(one.sentence.endswith(".") for one in problems(made))
    with pytest.raises(SpecificationError):
        frozen(made)


@pytest.mark.unit
def test_a_protocol_without_mistakes_has_none_and_freezes() -> None:
    for made in (protocol(), parallel(), wedge()):
        assert problems(made) == []
        assert checked(made) is made
        assert frozen(made).sha256 == protocol_hash(made)
    assert reference(protocol()) == "trial:family-group-conferences@1"


@pytest.mark.unit
@pytest.mark.parametrize("paper", ["dpia", "ethics"])
def test_a_draft_may_lack_its_papers_but_a_frozen_protocol_may_not(paper: str) -> None:
    draft = protocol(**{paper: ""})
    assert problems(draft) == []
    assert [one.field for one in missing_papers(draft)] == [paper]
    with pytest.raises(SpecificationError, match=paper):
        frozen(draft)


@pytest.mark.unit
def test_an_amendment_is_the_next_version_with_its_reason() -> None:
    first = frozen(protocol())
    second = amended(first, reason="Two boroughs report late.", outcome=replace(OUTCOME, months=15))
    assert (second.protocol.version, second.protocol.reason) == (2, "Two boroughs report late.")
    assert second.reference == "trial:family-group-conferences@2"
    assert second.sha256 != first.sha256


@pytest.mark.unit
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"reason": "x"}, "at least one change"),
        ({"reason": "x", "title": protocol().title}, "at least one change"),
        ({"reason": " ", "title": "New"}, "reason"),
        ({"reason": "x", "id": "other"}, "id"),
        ({"reason": "x", "boroughs": LONDON[:10], "allocated": True}, "boroughs"),
    ],
)
def test_amendments_that_are_refused(given: dict, says: str) -> None:
    with pytest.raises(SpecificationError, match=says):
        amended(frozen(protocol()), **given)


@pytest.mark.unit
def test_boroughs_may_still_change_before_the_allocation() -> None:
    assert amended(frozen(protocol()), reason="Two withdrew.", boroughs=LONDON[:10]).protocol.boroughs == LONDON[:10]


@pytest.mark.unit
def test_the_form_gives_back_the_protocol_it_shows() -> None:
    for made in (protocol(), parallel(looks=(20, 40), stopping=Stopping(rule="pocock")), wedge()):
        assert from_form(to_form(made)) == made
    reached = {one.name.split(".")[0] for one in FIELDS}
    assert reached == {one.name for one in fields(Protocol)} - {"version", "reason", "operating", "population_sha256"}


@pytest.mark.unit
@pytest.mark.parametrize(
    ("name", "text"), [("outcome.months", "a year"), ("outcome.baseline", "44,8"), ("timing.starts", "soon"),
                       ("looks", "20, many"), ("analysis.icc", "nan")]
)  # fmt: skip
def test_a_form_with_an_unreadable_number_says_which(name: str, text: str) -> None:
    with pytest.raises(SpecificationError, match=name):
        from_form(to_form(protocol()) | {name: text})


@pytest.mark.unit
def test_an_empty_form_has_problems_and_no_crash() -> None:
    empty = from_form({"timing.starts": "2026-04-01"})
    found = {one.field for one in problems(empty)}
    assert {"id", "title", "question", "population", "design", "boroughs", "outcome.measure"} <= found


@pytest.mark.unit
def test_children_in_two_protocols_are_found_and_refused() -> None:
    groups = {"trial:a@1": frozenset("abc"), "trial:b@1": frozenset("cd"), "trial:c@1": frozenset("e")}
    assert [(one.first, one.second, one.children) for one in shared_children(groups)] == [("trial:a@1", "trial:b@1", 1)]
    with pytest.raises(SpecificationError, match="1 who are also in trial:a@1"):
        refuse_shared(groups)
    refuse_shared({"trial:a@1": frozenset("ab"), "trial:c@1": frozenset("e")})
