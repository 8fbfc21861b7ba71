"""Looking back at decisions: made again from their records, and their proofs checked without an engine."""
