"""The first page, and the two that machines ask for: alive, and ready."""
