"""The API: figures out, returns in, by tokens that people make for their own programs."""
