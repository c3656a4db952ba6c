"""The API: programs read figures and submit returns with tokens that people create for them."""
