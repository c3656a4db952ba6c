"""How many children need a place: what was referred, what the log missed, how long they stay."""
