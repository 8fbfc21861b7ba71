"""Messages of the national interface to documents of our own."""
