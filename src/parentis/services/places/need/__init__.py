"""How many children need a place: referrals, needs missing from the log, and lengths of stay."""
