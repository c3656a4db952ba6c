"""The weights of matching, estimated from pairs whose truth the estimate is not told."""

from collections import Counter

import numpy as np
import pytest

from parentis.services.custody.comparison import LEVELS, Weight, compare, weights
from parentis.services.custody.practice_kinds import KINDS, case
from parentis.services.custody.practice_people import anywhere, drawn_at, index_of, known_children
from parentis.services.custody.weight_estimation import EstimationError, estimate

FIELDS = {"name": ("same", "alike", "different"), "born": ("same", "different"), "place": ("same", "different")}
TRUE = {
    "name": (Weight(0.85, 0.02), Weight(0.10, 0.05), Weight(0.05, 0.93)),
    "born": (Weight(0.95, 0.01), Weight(0.05, 0.99)),
    "place": (Weight(0.60, 0.03), Weight(0.40, 0.97)),
}
CLOSE = 0.02
"Of a share, of 20,000 pairs of one child: three standard errors are 0.011."
BITS = 1.0
"Of a weight, from 60 pairs of one child: half of which may be by chance."


@pytest.mark.generative
@pytest.mark.parametrize("seed", range(5))
def test_what_the_pairs_were_drawn_from_is_found_again(seed: int) -> None:
    rng = np.random.default_rng(seed)
    patterns: Counter[tuple[str, ...]] = Counter()
    for pairs, of_one in ((20_000, True), (180_000, False)):
        columns = []
        for name, levels in FIELDS.items():
            chances = [one.m if of_one else one.u for one in TRUE[name]]
            columns.append(rng.choice(np.array(levels), size=pairs, p=chances))
        patterns.update(zip(*(column.tolist() for column in columns), strict=True))
    found = estimate(patterns, FIELDS, share=0.02)
    assert found.share == pytest.approx(0.1, abs=0.005)
    for name, levels in FIELDS.items():
        for level, true in zip(levels, TRUE[name], strict=True):
            assert found.weights[name, level].m == pytest.approx(true.m, abs=CLOSE)
            assert found.weights[name, level].u == pytest.approx(true.u, abs=CLOSE)


@pytest.mark.integration
def test_the_table_ranks_as_practice_pairs_would_have_it() -> None:
    """Where the truth of practice cases counts a weight and the estimate finds one, they agree; and the table's sign is
    theirs: what speaks for one child there speaks for it here."""
    rng = np.random.Generator(np.random.Philox(key=np.array([1, 7], dtype=np.uint64)))
    known = known_children(rng, 200)
    entries, kinds = index_of(known, drawn_at()), list(KINDS)
    truth: dict[bool, Counter[tuple[str, ...]]] = {True: Counter(), False: Counter()}
    for number in range(60):
        who = int(rng.integers(len(known)))
        subject = case(rng, kinds[number % 8], known[who], anywhere(rng)).subject
        for at, entry in enumerate(entries):
            agreements = compare(subject, entry).agreements
            truth[at == who][tuple(agreements[name] for name in LEVELS)] += 1
    found = estimate(truth[True] + truth[False], LEVELS, share=1 / len(known))
    assert found.share * (truth[True] + truth[False]).total() == pytest.approx(60, rel=0.2)
    for field, level in (("first_name", "same"), ("surname", "same"), ("surname", "alike"), ("date_of_birth", "same"),
                         ("claim", "agrees")):  # fmt: skip
        at = list(LEVELS).index(field)
        m, u = (sum(n for one, n in truth[each].items() if one[at] == level) / truth[each].total()
                for each in (True, False))  # fmt: skip
        assert found.weights[field, level].bits == pytest.approx(Weight(m, u).bits, abs=BITS)
        assert weights()[field, level].bits > 2
    for field in ("first_name", "surname", "date_of_birth"):
        assert found.weights[field, "different"].bits < -2
        assert weights()[field, "different"].bits < -2


@pytest.mark.unit
def test_no_pairs_are_no_estimate() -> None:
    with pytest.raises(EstimationError, match="pairs"):
        estimate({}, FIELDS, share=0.1)
