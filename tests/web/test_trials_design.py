"""The design room: the specification's answers at once, what is impossible said, a simulation as a job."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client

from parentis.web.jobs.models import Job
from parentis.web.trials import designs
from parentis.web.trials.design_views import FIRST, DesignForm
from parentis.web.trials.models import DesignAnswer

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., Client]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("changed", "power"), [({}, "64%"), ({"children": 20, "icc": 0.01, "cac": 0.8}, "92%")]
)  # fmt: skip
def test_london_as_the_specification_has_it(changed: dict[str, object], power: str, client_of: ClientOf) -> None:
    page = client_of("evaluation-lead").get(f"/trials/design/?{urlencode({**FIRST, **changed})}").text
    assert f"<strong>{power}</strong>" in page
    # 2,075.4 before rounding up, which the specification rounds to the nearest: a part of a child cannot take part.
    assert "would need 511 children in each arm, and 2,076 if the effect were half as large" in page


@pytest.mark.integration
def test_fewer_than_six_boroughs_are_said_to_be_too_few(client_of: ClientOf) -> None:
    client = client_of("commissioner")
    few = client.get(f"/trials/design/?{urlencode({**FIRST, 'design': 'cluster', 'boroughs': 5})}").text
    enough = client.get(f"/trials/design/?{urlencode({**FIRST, 'design': 'cluster', 'boroughs': 6})}").text
    assert "no permutation test can reach .05: it takes at least 6" in few
    assert "no permutation test can reach .05" not in enough


@pytest.mark.unit
@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"expected": 44.8}, "expected", "an effect of nothing"),
        ({"baseline": 0}, "baseline", "more than 0 and less than 100"),
        ({"steps": "6, 6"}, "steps", "The steps take 12 boroughs and 30 take part"),
        ({"steps": "six"}, "steps", "whole numbers"),
        ({"design": "cluster", "boroughs": 3}, "boroughs", "at least 4"),
        ({"icc": "nan"}, "icc", "number"),
        ({"children": 0}, "children", "1"),
    ],
)
def test_designs_that_cannot_be_are_said_beside_their_field(changed: dict[str, object], field: str, said: str) -> None:
    form = DesignForm({**FIRST, **changed})
    assert not form.is_valid()
    assert said in " ".join(form.errors[field])


@pytest.mark.integration
def test_the_table_as_a_file(client_of: ClientOf) -> None:
    told = client_of("analyst").get("/trials/design/table.csv").content.decode("utf-8-sig").splitlines()
    assert told[0] == "children,power"
    assert float(dict(line.split(",") for line in told[1:])["10"]) == pytest.approx(0.6397, abs=0.005)


def _asked(**changed: object) -> designs.Question:
    form = DesignForm({**FIRST, **changed})
    assert form.is_valid(), form.errors
    return form.question()


@pytest.mark.integration
def test_a_simulation_is_a_job_that_is_asked_for_once_and_waited_for(client_of: ClientOf) -> None:
    client = client_of("evaluation-lead")
    page = client.post("/trials/design/simulate", dict(FIRST), follow=True).text
    assert "data-job" in page
    client.post("/trials/design/simulate", dict(FIRST), follow=True)
    job = Job.objects.get(kind="trial-power")
    assert job.asked["key"] == _asked().key
    with pytest.raises(designs.UserError, match="histories in the accepted returns"):
        designs.simulate(job, lambda *_: None)


@pytest.mark.integration
def test_a_simulation_that_was_made_is_shown(client_of: ClientOf) -> None:
    answer = {"power": 0.71, "type_one": 0.049, "low": 0.70, "high": 0.72, "simulations": 10_000, "seconds": 12.0,
              "baseline": 0.31, "effect": -0.05}  # fmt: skip
    DesignAnswer.objects.create(key=_asked().key, mark=designs.mark(), asked=_asked().plain(), answer=answer)
    page = client_of("evaluation-lead").get("/trials/design/").text
    for said in ("31.0% of children without", "−5.0 percentage points", "10,000 trials", "71%", "4.9% find something"):
        assert said in page
    other = client_of("evaluation-lead").get(f"/trials/design/?{urlencode({**FIRST, 'less': 30})}").text
    assert "10,000 trials" not in other, "the answer is that of its question alone"
