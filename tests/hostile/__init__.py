"""Hostile inputs: policy folders, claims, messages, charts and scenarios, each refused with its code and place."""
