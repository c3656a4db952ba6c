"""Processing of stored bytes: reading, checking, loading, recording in the register, and recovery after a crash."""
