"""yibao (医保): the rules of China's basic medical insurance as software to be trusted with money and with law.

The public names are those of `yibao.api`; they are loaded when first used, so that `import yibao` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yibao.api import (
        Answer,
        Case,
        Decider,
        InForce,
        Journal,
        Law,
        OpenCase,
        ProblemsFound,
        Submission,
        TakeStep,
        carry_out,
        case_in,
        decide,
        example_claim,
        in_force,
        load_charts,
        load_policy,
        read_claim,
        read_claim_with_nhsa_lines,
        what_is_possible,
    )

__version__ = "0.1.0"
__all__ = [
    "Answer",
    "Case",
    "Decider",
    "InForce",
    "Journal",
    "Law",
    "OpenCase",
    "ProblemsFound",
    "Submission",
    "TakeStep",
    "carry_out",
    "case_in",
    "decide",
    "example_claim",
    "in_force",
    "load_charts",
    "load_policy",
    "read_claim",
    "read_claim_with_nhsa_lines",
    "what_is_possible",
]


def __getattr__(name: str) -> object:
    """Load a public name on its first use."""
    if name in __all__:
        from yibao import api

        return getattr(api, name)
    raise AttributeError(f"module 'yibao' has no attribute '{name}'")
