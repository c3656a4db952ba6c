"""Children in police custody: whose child it is, what is due and when, and what the figures say."""
