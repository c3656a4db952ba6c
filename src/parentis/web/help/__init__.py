"""Finding things and understanding them: search, glossary, how figures are made, contact, privacy, all data at once."""
