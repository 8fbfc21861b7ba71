"""The two engines against each other by the hundred thousand, by seed: `python -m tests.differential`.

`shipped` draws claims for the shipped policy, `invented` whole random policies; `comparing` says what has to agree.
`make test` runs the first seeds, `make differential` the whole range.
"""
