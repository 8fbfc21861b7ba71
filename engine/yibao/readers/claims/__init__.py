"""Claim documents in JSON to claims: decoded strictly by the declared facts, refunds netted, look-ups filled in."""
