"""What comes in: notices of a child, and authorities' responsibility indexes."""
