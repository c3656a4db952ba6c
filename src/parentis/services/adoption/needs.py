"""The tables that the service reads, by name."""

from typing import Final

CHILDREN: Final = "adoption.children/children"
ADOPTERS: Final = "adoption.adopters/adopters"
COSTS: Final = "adoption.money/costs"
CONTRIBUTIONS: Final = "adoption.money/contributions"
FEES: Final = "adoption.money/fees"
COLLECTED: Final = "adoption.collection/collected_children"
QUARTERLY: Final = "adoption.quarterly/values"
AD1: Final = "ssda903/AD1"
PLACED_ADOPTION: Final = "ssda903/PlacedAdoption"
LIST_NEEDS: Final = (CHILDREN, ADOPTERS)
MONEY_NEEDS: Final = (COSTS, CONTRIBUTIONS, FEES)
NEEDS: Final = (*LIST_NEEDS, *MONEY_NEEDS, QUARTERLY, COLLECTED, AD1, PLACED_ADOPTION)
