"""Children in police custody: notices in, to the right authority, and nobody else reads what they say."""
