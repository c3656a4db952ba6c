"""Kulldorff's scan statistic: where and when deaths cluster more than by chance.

Circles about every area's centre grow to half of the expected deaths; a window is a circle and a span of months. Its
likelihood ratio is for a raised rate inside (Kulldorff 1997; prospective: spans up to the latest month, 2001). The
p-value is the rank of the largest ratio among those of worlds in which the same number of deaths fell by chance.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit, prange

from parentis.errors import DeclarationError
from parentis.services.demand.randomness import following, keyed, uniform

FEWEST = 2
"Fewest cases in a window."
HALF = 0.5
EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """`areas`: indexes; `first` to `last`: months, both in it. `likelihood`: log of the ratio."""

    areas: tuple[int, ...]
    first: int
    last: int
    cases: int
    expected: float
    likelihood: float
    p: float
    recurrence: float
    "Expected number of analyses until chance alone gives a cluster as strong: 1 / p."


@dataclass(frozen=True, slots=True)
class Windows:
    """Circles: `order[centre]` are areas, nearest first; the first `reach[centre]` of them may be in a circle."""

    order: np.ndarray
    reach: np.ndarray


def log_likelihood_ratio(cases: float, expected: float, total: float) -> float:
    """Log of the ratio for a window with `cases` of `total`, where `expected` are due; 0 unless there are more."""
    if cases <= expected:
        return 0.0
    outside = (total - cases) * np.log((total - cases) / (total - expected)) if cases < total else 0.0
    return float(cases * np.log(cases / expected) + outside)


def bernoulli_log_likelihood_ratio(cases: int, people: int, all_cases: int, all_people: int) -> float:
    """The same where people are cases or not: separate shares inside and outside, against one share for all."""

    def most(part: float, of: float) -> float:
        return sum(n * np.log(n / of) for n in (part, of - part) if n)

    if cases * all_people <= all_cases * people:
        return 0.0
    inside, outside = most(cases, people), most(all_cases - cases, all_people - people)
    return float(inside + outside - most(all_cases, all_people))


def circles(latitude: np.ndarray, longitude: np.ndarray, weight: np.ndarray, *, share: float = HALF) -> Windows:
    """Circles by great-circle distance that hold no more than `share` of all `weight`."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    half = np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat)[None, :] * np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    distance = 2 * EARTH_KM * np.arcsin(np.minimum(1, np.sqrt(half)))
    order = np.argsort(distance, axis=1, kind="stable").astype(np.int32)
    reached = np.cumsum(np.asarray(weight)[order], axis=1)
    reach = (reached <= share * np.sum(weight) * (1 + 1e-12)).sum(axis=1).astype(np.int32)
    return Windows(order=np.ascontiguousarray(order[:, : max(1, int(reach.max()))]), reach=reach)


def scan(
    cases: np.ndarray, expected: np.ndarray, windows: Windows, *, longest: int = 0, prospective: bool = True,
    replicates: int = 999, seed: int = 1,
) -> tuple[Cluster, ...]:  # fmt: skip
    """Clusters without a common area, the most likely first. `cases` and `expected` have shape (areas, months) (one
    month for a purely spatial scan); `expected` is scaled to the number of cases. `longest`: most months of a
    span, by default half of the months."""
    cases = np.ascontiguousarray(cases, dtype=np.int32)
    if cases.shape != expected.shape or cases.ndim != 2 or (expected < 0).any():
        raise DeclarationError("a scan needs cases and deaths expected of the same areas and months")
    if ((expected <= 0) & (cases > 0)).any():
        raise DeclarationError("a scan has cases where none are expected")
    total, months = int(cases.sum()), cases.shape[1]
    if total < FEWEST:
        return ()
    due = np.ascontiguousarray(expected * (total / expected.sum()), dtype=np.float64)
    longest = longest or max(1, months // 2)
    found = _strongest(cases, due, windows.order, windows.reach, longest, prospective, total)
    worlds = np.sort(null_ratios(due, windows, total, longest, prospective, replicates, seed))
    clusters, taken = list[Cluster](), set[int]()
    for centre in np.argsort(-found[:, 0], kind="stable"):
        ratio, size, first, last = found[centre]
        if ratio <= 0:
            break
        areas = tuple(sorted(map(int, windows.order[centre, : int(size)])))
        if taken & set(areas):
            continue
        taken |= set(areas)
        inside = np.ix_(areas, range(int(first), int(last) + 1))
        beaten = len(worlds) - int(np.searchsorted(worlds, ratio - 1e-9))
        p = (1 + beaten) / (1 + replicates)
        clusters.append(
            Cluster(areas=areas, first=int(first), last=int(last), cases=int(cases[inside].sum()),
                    expected=float(due[inside].sum()), likelihood=float(ratio), p=p, recurrence=1 / p)
        )  # fmt: skip
    return tuple(clusters)


def null_ratios(
    expected: np.ndarray, windows: Windows, total: int, longest: int, prospective: bool, replicates: int, seed: int
) -> np.ndarray:
    """The largest log ratio of each of many simulated worlds with `total` cases distributed as `expected`."""
    due = np.ascontiguousarray(expected * (total / expected.sum()), dtype=np.float64)
    guide = np.cumsum(due.ravel())
    return np.asarray(
        _worlds(due, guide / guide[-1], windows.order, windows.reach, longest, prospective, total, replicates,
                np.uint64(seed))
    )  # fmt: skip


@njit(cache=True, nogil=True, inline="always")
def _ratio(cases, expected, total):  # type: ignore[no-untyped-def]
    ratio = cases * np.log(cases / expected)
    if cases < total:
        ratio += (total - cases) * np.log((total - cases) / (total - expected))
    return ratio


@njit(cache=True, nogil=True)
def _limits(ratio, total):  # type: ignore[no-untyped-def]
    """For each number of cases, the largest expectation with a log ratio above `ratio`: one comparison for a window
    instead of two logarithms."""
    most = np.zeros(total + 1)
    for cases in range(FEWEST, total + 1):
        low, high = 0.0, float(cases)
        if cases == total:
            most[cases] = cases * np.exp(-ratio / cases)
            continue
        if _ratio(float(cases), 1e-12 * cases, float(total)) <= ratio:
            continue
        for _ in range(48):
            middle = (low + high) / 2
            if _ratio(float(cases), middle, float(total)) > ratio:
                low = middle
            else:
                high = middle
        most[cases] = low
    return most


@njit(cache=True, nogil=True)
def _best_of(cases, due, order, reach, centre, longest, prospective, total, best, inside, sums):  # type: ignore[no-untyped-def]
    """The best window about one centre that beats `best`: (log ratio, areas, first, last)."""
    months = cases.shape[1]
    begin = max(0, months - longest) if prospective else 0  # no span begins earlier
    inside[:] = 0
    sums[:] = 0.0
    size, first, last = 0, 0, 0
    for step in range(reach[centre]):
        area = order[centre, step]
        some = False
        for month in range(begin, months):
            if cases[area, month]:
                some = True
            inside[month] += cases[area, month]
            sums[month] += due[area, month]
        if not some:
            continue  # an area without a case makes no window more likely
        starts = months - 1 if prospective else 0
        for end in range(starts, months):
            if inside[end] == 0 and not prospective:
                continue
            count, mass = 0, 0.0
            for start in range(end, max(-1, end - longest), -1):
                count += inside[start]
                mass += sums[start]
                # The outside term only lowers the ratio: a window whose inside term falls short is skipped.
                if count >= FEWEST and count > mass and count * np.log(count / mass) > best:
                    ratio = _ratio(float(count), mass, float(total))
                    if ratio > best:
                        best, size, first, last = ratio, step + 1, start, end
    return best, size, first, last


@njit(cache=True, nogil=True)
def _strongest(cases, due, order, reach, longest, prospective, total):  # type: ignore[no-untyped-def]
    areas, months = cases.shape
    found = np.zeros((areas, 4))
    inside, sums = np.zeros(months, dtype=np.int64), np.zeros(months)
    for centre in range(areas):
        best, size, first, last = _best_of(
            cases, due, order, reach, centre, longest, prospective, total, 0.0, inside, sums
        )
        found[centre, 0], found[centre, 1], found[centre, 2], found[centre, 3] = best, size, first, last
    return found


@njit(cache=True, nogil=True)
def _beaten(cases, due, order, reach, longest, prospective, total, best, most, inside, sums):  # type: ignore[no-untyped-def]
    """The largest log ratio of one world, if above `best`; else `best`."""
    areas, months = cases.shape
    begin = max(0, months - longest) if prospective else 0
    for centre in range(areas):
        inside[:] = 0
        sums[:] = 0.0
        for step in range(reach[centre]):
            area = order[centre, step]
            some = 0
            for month in range(begin, months):
                some += cases[area, month]
                inside[month] += cases[area, month]
                sums[month] += due[area, month]
            if some == 0:
                continue
            starts = months - 1 if prospective else 0
            for end in range(starts, months):
                if inside[end] == 0 and not prospective:
                    continue
                count, mass = 0, 0.0
                for start in range(end, max(-1, end - longest), -1):
                    count += inside[start]
                    mass += sums[start]
                    if mass < most[count]:
                        ratio = _ratio(float(count), mass, float(total))
                        if ratio > best:
                            best = ratio
                            _lower(most, count, best, total)
    return best


@njit(cache=True, nogil=True)
def _lower(most, count, best, total):  # type: ignore[no-untyped-def]
    """Limits after the best ratio rose, updated for counts near `count`, which the next windows most likely have."""
    for cases in range(max(FEWEST, count - 2), min(total, count + 3)):
        low, high = 0.0, most[cases]
        for _ in range(20):
            middle = (low + high) / 2
            if middle <= 0 or _ratio(float(cases), middle, float(total)) > best:
                low = middle
            else:
                high = middle
        most[cases] = high


@njit(cache=True, nogil=True, parallel=True)
def _worlds(due, guide, order, reach, longest, prospective, total, replicates, seed):  # type: ignore[no-untyped-def]
    areas, months = due.shape
    largest = np.zeros(replicates)
    floor = _limits(2.0, total)
    for world in prange(replicates):
        cases = np.zeros((areas, months), dtype=np.int32)
        flat = cases.ravel()
        stream = keyed(seed, np.uint64(world))
        for _ in range(total):
            flat[np.searchsorted(guide, uniform(stream))] += 1
            stream = following(stream)
        inside, sums = np.zeros(months, dtype=np.int64), np.zeros(months)
        most = floor.copy()
        largest[world] = _beaten(cases, due, order, reach, longest, prospective, total, 2.0, most, inside, sums)
        if largest[world] == 2.0:
            largest[world] = 0.0
    return largest
