"""Education, health and care plans: how many there will be, and what they cost."""
