"""Procedures: which step a state allows, and why a step is refused. Reads no clock, file or network."""
