"""Names, measures and figures of the small region, for its fixtures and for tests that add to it."""

from datetime import date

from parentis.figures import Measure

NAMES = {"A1": "Alder", "A2": "Birch & <Beech>", "A3": "Cedar", "reg": "The region"}


def measure(measure_id: str, title: str, **more: object) -> Measure:
    base = {"unit": "£", "definition": f"What {title.lower()} means.", "source": "Invented."}
    return Measure(id=measure_id, title=title, **{**base, **more})  # type: ignore[arg-type]


def figure(of: str, place: str, period: str, value: float | None, **more: object) -> dict[str, object]:
    year = int(period[:4])
    base: dict[str, object] = {
        "measure": of, "geography": place, "breakdown": "", "period": period, "period_start": date(year, 4, 1),
        "period_end": date(year + 1, 3, 31), "value": value, "low": None, "high": None, "level": None, "unit": "£",
        "n": 3, "suppressed": None if value is not None else "x", "scenario": "", "audience": "published",
        "authority_set": "3 of 3", "gross_net": "net", "cumulative": "in-year", "netted": "", "method": "by hand",
        "provisional": False, "provenance_id": f"{of}-{place}-{period}".replace(".", ""),
    }  # fmt: skip
    return base | more
