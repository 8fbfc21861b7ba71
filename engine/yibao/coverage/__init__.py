"""Coverage: which rules apply to a line, which of them stand, and what follows for the line and the claim.

`decision.decide` is the way in. Two engines judge: `inference` (durable_rules by strata, completions around it) and
`reference` (the meaning of the language, enumerated). Reads no clock, file, network or random number.
"""
