"""The audit record: who did what to what, when and why. Append-only, chained by hashes, searched by auditors."""
