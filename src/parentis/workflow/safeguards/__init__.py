"""What stands before a decision: a second person, reasons against, known publications, requests that wait."""
