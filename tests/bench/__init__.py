"""How fast the decisions are, beside hand-written code and other engines: `python -m tests.bench`.

Everything runs the same 30 rules over the same claims, and every answer is compared before anything is timed.
"""
