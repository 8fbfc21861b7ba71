"""The lowest floor: places, problems, digests, periods and whole-fen money. Knows nothing of insurance."""
