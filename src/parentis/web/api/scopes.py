"""What a token may be used for: part of what its person may do, never more. Services announce their own."""

from parentis.web.service import web_services

ANNOUNCED = [scope for service in web_services().values() for scope in service.scopes]

SCOPES = {
    "figures": "Read figures, measures and provenance",
    "submissions": "See submitted returns and their outcome",
    "findings": "Read findings, child by child",
    "hand-in": "Submit returns",
    **{scope.id: scope.title for scope in ANNOUNCED},
}
"Scope to its title."

SCOPE_OF = {
    "api:measures": "figures",
    "api:figures": "figures",
    "api:provenance": "figures",
    "api:submissions": "submissions",
    "api:submission": "submissions",
    "api:job": "submissions",
    "api:findings": "findings",
    "api:hand-in": "hand-in",
    **{route: scope.id for scope in ANNOUNCED for route in scope.routes},
}
"URL name to the scope it needs: every address of the API but the public ones, which a test checks."
