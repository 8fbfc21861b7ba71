"""Declarations of facts, rules, charts, claims, events and decisions: frozen records, no input or output."""
