"""Journals: append-only stores of the events of cases. They keep and return documents, and decide nothing."""

from __future__ import annotations


class SequenceTaken(Exception):
    """Another writer has appended to the case since it was read; nothing was written."""
