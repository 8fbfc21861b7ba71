"""Fact declarations and code tables in YAML to the vocabulary of a policy."""
