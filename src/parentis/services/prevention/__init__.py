"""The value of prevention: what it returns, to whom, when, and whether it came true."""
