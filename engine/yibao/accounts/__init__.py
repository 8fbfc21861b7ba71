"""Individual accounts: what an account is asked to do becomes an entry or a refusal. Opens no file, no clock."""
