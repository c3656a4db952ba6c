"""The lake tables that the ledger stands on."""

EPISODES, HEADER, UASC = "ssda903/Episodes", "ssda903/Header", "ssda903/UASC"
REGISTER, LEAVERS = "uasc.register/children", "uasc.register/leavers"
LEDGER_NEEDS: tuple[str, ...] = (EPISODES, HEADER, UASC, REGISTER, LEAVERS)
