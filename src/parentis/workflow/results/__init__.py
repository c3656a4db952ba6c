"""Results: figures, pages and packs made from visible rows."""
