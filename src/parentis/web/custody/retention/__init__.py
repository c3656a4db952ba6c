"""What is stored about a child, for how long, and who receives it: erasure, holds, subject access, rows for the
lake."""
