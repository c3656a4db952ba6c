"""A queue of events by time, for compiled simulations in which children wait for one another: a binary heap of indices.

`heap[:size]` holds indices into `times`; the earliest event is `heap[0]`, with the lower index first among equals. The
caller owns both arrays, so that a simulation allocates once. After a change to the time of `heap[0]`, call `sink`.
"""

from numba import njit


@njit(cache=True, nogil=True, inline="always")
def earlier(times, a, b):  # type: ignore[no-untyped-def]
    """Whether index `a` comes before `b`. Written without branches, because the order of two events is random and the
    processor would mispredict half of them."""
    return (times[a] < times[b]) | ((times[a] == times[b]) & (a < b))


@njit(cache=True, nogil=True)
def sink(heap, size, at, times):  # type: ignore[no-untyped-def]
    """Restore the heap below `at`, whose time may have become later."""
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
    """Make a heap of the first `size` entries, which may be in any order."""
    for at in range(size // 2, -1, -1):
        sink(heap, size, at, times)


@njit(cache=True, nogil=True)
def push(heap, size, position, times):  # type: ignore[no-untyped-def]
    """Add an event. Returns the new size."""
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
    """Remove the earliest event. Returns the new size."""
    heap[0] = heap[size - 1]
    sink(heap, size - 1, 0, times)
    return size - 1
