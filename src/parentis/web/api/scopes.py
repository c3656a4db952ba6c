"""What a token may be used for: part of what its person may do, never more."""

SCOPES = {
    "figures": "Read figures, measures and provenance",
    "submissions": "See which returns were handed in, and what became of them",
    "findings": "Read what checking found, child by child",
    "hand-in": "Hand in returns",
    "custody": "Give notice of children in custody, and news of them",
    "custody-index": "Send an authority's responsibility index for children in custody",
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
    "api:custody-notices": "custody",
    "api:custody-notices-batch": "custody",
    "api:custody-news": "custody",
    "api:custody-release": "custody",
    "api:custody-notice": "custody",
    "api:custody-index": "custody-index",
}
"URL name to the scope it needs: every address of the API but the public ones, which a test checks."
