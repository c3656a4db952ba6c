"""Sector-led improvement: benchmarks with their uncertainty, priorities, peer challenges, and their effects."""

from parentis.services.service import Command, Pack, Ref, Service

_HOME = "parentis.services.improvement"
_NEEDS = (
    "improvement.collection/indicators",
    "improvement.neighbours/edges",
    "improvement.inspections/inspections",
    "open_statistics.lait/lines",
    "open_statistics.lait/dictionary",
    "ssda903/Episodes",
    "ssda903/Header",
    "ssda903/OC3",
    "ssda903/Missing",
)

SERVICE = Service(
    id="improvement",
    title="Sector-led improvement",
    needs=_NEEDS,
    measures=Ref(f"{_HOME}.measures:MEASURES"),
    compute=Ref(f"{_HOME}.compute:compute"),
    sections=Ref(f"{_HOME}.sections:SECTIONS"),
    packs=(
        Pack(
            id="improvement",
            title="What London is working on, and whether it worked",
            subtitle="For the improvement board: exceptions with their probability, programmes beside chance",
            summary=Ref("parentis.services.improvement.summary:SUMMARY"),
            methods=("improvement",),
        ),
    ),
    commands=(
        Command(
            name="improvement wall",
            help="Every borough's place in every measure, with how sure it is.",
            needs=_NEEDS,
            run=Ref(f"{_HOME}.commands:wall"),
        ),
        Command(
            name="improvement reconcile",
            help="Collected indicators beside what is derived from the looked-after children return, and published.",
            needs=_NEEDS,
            run=Ref(f"{_HOME}.commands:reconcile"),
        ),
        Command(
            name="improvement rows",
            options={
                "indicator": "A derived indicator's id, such as S07.",
                "quarter": "Such as 2024-25 Q4.",
            },
            help="The rows of an authority's own return behind a derived indicator of a quarter.",
            needs=_NEEDS,
            run=Ref(f"{_HOME}.commands:rows"),
        ),
    ),
    beside=Ref(f"{_HOME}.other_measures:compared_everywhere"),
    practice=Ref(f"{_HOME}.practice:returns"),
)

__all__ = ["SERVICE"]
