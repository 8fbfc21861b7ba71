"""Coverage and settlement put together to the one decision document. They do not know each other; this floor does."""
