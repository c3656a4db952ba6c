"""What is kept of a child, for how long, and who is given it: erasure, holds, subject access, rows for the lake."""
