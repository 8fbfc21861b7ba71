"""Looking back at what was recorded: decisions made again from their records."""
