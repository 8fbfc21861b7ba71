"""A small case-management application over HTTP, as a program that embeds yibao might write it."""
