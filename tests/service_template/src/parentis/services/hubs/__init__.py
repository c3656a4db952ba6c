"""Family hubs: how many families they reach."""

from parentis.services.service import Command, Pack, Ref, Service

_HOME = "parentis.services.hubs"
NEEDS = ("hubs.visits/visits",)

SERVICE = Service(
    id="hubs",
    title="Family hubs",
    needs=NEEDS,
    measures=Ref(f"{_HOME}.measures:MEASURES"),
    compute=Ref(f"{_HOME}.compute:compute"),
    sections=Ref(f"{_HOME}.sections:SECTIONS"),
    packs=(Pack(id="hubs", title="Family hubs", subtitle="Whom they reach"),),
    commands=(
        Command(
            name="hubs busiest",
            help="The hubs that most families came to.",
            needs=NEEDS,
            run=Ref(f"{_HOME}.commands:busiest"),
            from_files=True,
        ),
    ),
)

__all__ = ["SERVICE"]
