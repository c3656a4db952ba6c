"""Events in order of time, for compiled simulations in which children wait on one another: a binary heap of positions.

`heap[:size]` holds positions into `times`; the earliest is `heap[0]`, the lower position first among equals. The caller
owns both arrays, so that a simulation allocates once. Who changes the time of the first sinks it again.
"""

from numba import njit


@njit(cache=True, nogil=True, inline="always")
def earlier(times, a, b):  # type: ignore[no-untyped-def]
    """Whether position `a` comes before `b`. Without branches: which of two events is first is a coin's toss to a
    processor that guesses, and half the guesses are wrong."""
    return (times[a] < times[b]) | ((times[a] == times[b]) & (a < b))


@njit(cache=True, nogil=True)
def sink(heap, size, at, times):  # type: ignore[no-untyped-def]
    """Put right the heap below `at`, whose time may have become later."""
    item = heap[at]
    below = 2 * at + 1
    while below + 1 < size:
        below += earlier(times, heap[below + 1], heap[below])
        if earlier(times, item, heap[below]):
            heap[at] = item
            return
        heap[at] = heap[below]
        at = below
        below = 2 * at + 1
    if below < size and earlier(times, heap[below], item):
        heap[at] = heap[below]
        at = below
    heap[at] = item


@njit(cache=True, nogil=True)
def arrange(heap, size, times):  # type: ignore[no-untyped-def]
    """Make a heap of the first `size` positions, in whatever order they are."""
    for at in range(size // 2, -1, -1):
        sink(heap, size, at, times)


@njit(cache=True, nogil=True)
def push(heap, size, position, times):  # type: ignore[no-untyped-def]
    """One event more. Gives back the new size."""
    at = size
    while at > 0:
        above = (at - 1) // 2
        if not earlier(times, position, heap[above]):
            break
        heap[at] = heap[above]
        at = above
    heap[at] = position
    return size + 1


@njit(cache=True, nogil=True)
def drop_first(heap, size, times):  # type: ignore[no-untyped-def]
    """Without the earliest event. Gives back the new size."""
    heap[0] = heap[size - 1]
    sink(heap, size - 1, 0, times)
    return size - 1
