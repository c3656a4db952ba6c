"""Events leave the queue in order of time, the lower position first among equals: against a plain sort."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentis.engine.event_queue import arrange, drop_first, push, sink

pytestmark = pytest.mark.generative
TIMES = st.lists(st.integers(0, 9), min_size=1, max_size=40)


@given(times=TIMES)
def test_events_leave_in_order_whether_arranged_or_pushed(times):
    when = np.array(times, dtype=float)
    expected = sorted(range(len(times)), key=lambda at: (times[at], at))
    arranged = np.arange(len(times))
    arrange(arranged, len(times), when)
    pushed, size = np.empty(len(times), np.int64), 0
    for position in reversed(range(len(times))):
        size = push(pushed, size, position, when)
    for heap in (arranged, pushed):
        left, order = len(times), []
        while left:
            order.append(int(heap[0]))
            left = drop_first(heap, left, when)
        assert order == expected


@given(times=TIMES)
def test_an_event_put_off_is_overtaken(times):
    when = np.array(times, dtype=float)
    heap = np.arange(len(times))
    arrange(heap, len(times), when)
    when[heap[0]] += 5
    sink(heap, len(times), 0, when)
    assert heap[0] == min(range(len(times)), key=lambda at: (when[at], at))
