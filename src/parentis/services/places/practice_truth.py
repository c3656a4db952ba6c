"""The parameters from which practice referrals are drawn, for comparison with estimates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Secure welfare referrals of London. `arrivals` a year, recorded or not; `recorded`: the share of them that the
    log holds; `bunching`: variance of the weekly rate over its square (0 is an even flow); `girls`: their share;
    `stay`: kind of stay to its share and its mean days; `beds`: number usable at once; `refused_elsewhere`: of
    children without a bed, the share placed in another kind of place."""

    arrivals: float = 98.3
    recorded: float = 0.8
    bunching: float = 0.5
    girls: float = 0.52
    stay: Mapping[str, tuple[float, float]] = field(
        default_factory=lambda: MappingProxyType(
            {"72 hours": (0.12, 3.0), "3 months": (0.28, 91.0), "other": (0.6, 95.2)}
        )
    )
    beds: int = 12
    refused_elsewhere: float = 0.55

    @property
    def mean_stay(self) -> float:
        """Mean stay in days."""
        return sum(share * days for share, days in self.stay.values())

    @property
    def load(self) -> float:
        """Offered load in erlangs: mean number of places in use if every child got one."""
        return self.arrivals * self.mean_stay / 365.0


TRUTH: Final = Truth()
"98.3 referrals a year (295 in three years) and a load of 22.3 erlangs: HANDBOOK, section 9."
