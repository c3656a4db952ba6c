"""What waits for each person: read from cases, returns, surveys and requests as they stand, and mailed as a digest."""
