"""Messages of the national interface: read to documents and records of our own, written from them, reversed."""
