"""The public names that deciding a claim does not need, in one place: `yibao.api` imports it when one is asked for."""

from __future__ import annotations

from yibao.accounts.booking import account_in, accounts_in, book
from yibao.accounts.commands import CreditMonth, PayDecision, Recording, ReversePayment
from yibao.accounts.handling import AccountAnswer
from yibao.accounts.statement import statement_of
from yibao.audit.interface_check import check_nhsa
from yibao.casebook import Casebook, NextSteps
from yibao.cases.answering import Answer
from yibao.cases.carrying_out import carry_out, case_in, pass_time, what_is_possible
from yibao.cases.commands import Law, OpenCase, PassTime, SendEvent, Submission
from yibao.cases.possibilities import what_lies_ahead
from yibao.journal.ledger import Ledger
from yibao.journal.opening import open_journal
from yibao.journal.sqlite import Journal
from yibao.law import InForce, in_force, load_charts
from yibao.model.case import Case
from yibao.model.events import Change
from yibao.readers.accounts.payments_from_json import payment_from_json
from yibao.readers.nhsa.decided_settlement import nhsa_settlement

__all__ = [
    "AccountAnswer",
    "Answer",
    "Case",
    "Casebook",
    "Change",
    "CreditMonth",
    "InForce",
    "Journal",
    "Law",
    "Ledger",
    "NextSteps",
    "OpenCase",
    "PassTime",
    "PayDecision",
    "Recording",
    "ReversePayment",
    "SendEvent",
    "Submission",
    "account_in",
    "accounts_in",
    "book",
    "carry_out",
    "case_in",
    "check_nhsa",
    "in_force",
    "load_charts",
    "nhsa_settlement",
    "open_journal",
    "pass_time",
    "payment_from_json",
    "statement_of",
    "what_is_possible",
    "what_lies_ahead",
]
