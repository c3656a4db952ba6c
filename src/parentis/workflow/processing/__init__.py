"""From stored bytes to a register that knows what they are: reading, checking, loading, and finishing what was left."""
