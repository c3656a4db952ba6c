"""The tables that the service reads, by name."""

from typing import Final

REFERRALS: Final = "places.referrals/referrals"
ASKS: Final = "places.referrals/asks"
VACANCIES: Final = "places.vacancies/vacancies"
PROVIDERS: Final = "placements.providers/providers"
EPISODES: Final = "ssda903/Episodes"
LOG_NEEDS: Final = (REFERRALS, ASKS)
DESK_NEEDS: Final = (*LOG_NEEDS, VACANCIES, PROVIDERS)
NEEDS: Final = (*DESK_NEEDS, EPISODES)
