"""Who is on duty at an authority's desks, and calling them until somebody acknowledges."""
