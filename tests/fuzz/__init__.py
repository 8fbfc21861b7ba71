"""Fuzz targets, one for each parser: whatever the bytes are, they are read, or refused with located problems."""
