"""The lake tables that the service reads."""

EPISODES, HEADER, UASC = "ssda903/Episodes", "ssda903/Header", "ssda903/UASC"
REGISTER, LEAVERS = "uasc.register/children", "uasc.register/leavers"
LEDGER_NEEDS: tuple[str, ...] = (EPISODES, HEADER, UASC, REGISTER, LEAVERS)

COSTS, STAFF_TIME, DENOMINATORS = "uasc.survey/costs", "uasc.survey/staff_time", "uasc.survey/denominators"
SURVEY_NEEDS: tuple[str, ...] = (COSTS, STAFF_TIME, DENOMINATORS)

TRANSFERS, LAIT = "open_statistics.nts/transfers", "open_statistics.lait/lines"
NATIONAL_NEEDS: tuple[str, ...] = (TRANSFERS, LAIT)
