"""The life of cases tried out: against a small model of it, and with agencies, a bad network and a store that fails."""
