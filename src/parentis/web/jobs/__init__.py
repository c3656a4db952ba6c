"""Jobs: what a person asks for that takes longer than a page may. A worker beside the server does it."""
