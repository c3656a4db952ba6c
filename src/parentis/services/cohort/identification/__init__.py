"""Early identification: chances of children's next year, forced to compete with a manager's rule. Off by default."""
