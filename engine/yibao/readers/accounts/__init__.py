"""Entries of accounts as a ledger kept them, and decisions as a payment reads them, to the model."""
