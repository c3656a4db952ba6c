"""The lake tables the service stands on."""

EPISODES, HEADER, UASC = "ssda903/Episodes", "ssda903/Header", "ssda903/UASC"
NEEDS: tuple[str, ...] = (EPISODES, HEADER, UASC)
