"""Mutation testing: the kernel is changed bit by bit, and for each change some test has to fail."""
