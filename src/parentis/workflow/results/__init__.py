"""From visible rows to figures, pages and packs."""
