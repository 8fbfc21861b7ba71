"""The author's loop: checking, testing and showing what was declared."""
