"""yibao (医保): the rules of China's basic medical insurance as software to be trusted with money and with law.

The public names are those of `yibao.api`; they are loaded when first used, so that `import yibao` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yibao.api import (
        AccountAnswer,
        Answer,
        Case,
        Casebook,
        Change,
        Credited,
        CreditMonth,
        Decider,
        InForce,
        Journal,
        Law,
        Ledger,
        NextSteps,
        OpenCase,
        PassTime,
        PayDecision,
        ProblemsFound,
        Recording,
        ReversePayment,
        SendEvent,
        Submission,
        Unsettled,
        account_in,
        accounts_in,
        book,
        carry_out,
        case_in,
        check_nhsa,
        check_proof,
        decide,
        example_claim,
        in_force,
        load_charts,
        load_policy,
        load_policy_for,
        month_credit,
        nhsa_settlement,
        open_journal,
        pass_time,
        payment_choice,
        payment_from_json,
        read_claim,
        read_claim_with_nhsa_lines,
        read_person,
        reverse_nhsa,
        statement_of,
        what_is_possible,
        what_lies_ahead,
    )

__version__ = "0.3.0"
__all__ = [
    "AccountAnswer",
    "Answer",
    "Case",
    "Casebook",
    "Change",
    "CreditMonth",
    "Credited",
    "Decider",
    "InForce",
    "Journal",
    "Law",
    "Ledger",
    "NextSteps",
    "OpenCase",
    "PassTime",
    "PayDecision",
    "ProblemsFound",
    "Recording",
    "ReversePayment",
    "SendEvent",
    "Submission",
    "Unsettled",
    "account_in",
    "accounts_in",
    "book",
    "carry_out",
    "case_in",
    "check_nhsa",
    "check_proof",
    "decide",
    "example_claim",
    "in_force",
    "load_charts",
    "load_policy",
    "load_policy_for",
    "month_credit",
    "nhsa_settlement",
    "open_journal",
    "pass_time",
    "payment_choice",
    "payment_from_json",
    "read_claim",
    "read_claim_with_nhsa_lines",
    "read_person",
    "reverse_nhsa",
    "statement_of",
    "what_is_possible",
    "what_lies_ahead",
]


def __getattr__(name: str) -> object:
    """Load a public name on its first use."""
    if name in __all__:
        from yibao import api

        return getattr(api, name)
    raise AttributeError(f"module 'yibao' has no attribute '{name}'")
