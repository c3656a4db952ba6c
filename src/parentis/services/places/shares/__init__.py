"""Who pays what for the places: rules, the cost game they are held against, and who would be better off alone."""
