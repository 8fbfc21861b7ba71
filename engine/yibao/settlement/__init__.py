"""Who pays the part in scope: plans worked out exactly, to the fen, with the working that a person can redo.

The definition is `docs/settlement.md`. Nothing here knows how coverage decides: the final splits of the lines come in
as plain amounts (`inputs`).
"""
