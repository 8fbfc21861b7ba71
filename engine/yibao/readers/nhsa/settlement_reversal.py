"""The reversal of a recorded settlement: its amounts with every sign turned.

Nothing is worked out again, since rounding is not symmetric: the recorded amounts are negated, field by field, and what
has no value stays without one. What is a cancel already is known by numbers and ids, never by signs.
"""

from __future__ import annotations

from collections.abc import Mapping

from yibao.basics.problems import Problem
from yibao.readers.documents.pointed_problems import PointedNotices, PointedProblems, pointer_to, shown
from yibao.readers.documents.strict_json import Json
from yibao.readers.nhsa import interface_names as names
from yibao.readers.nhsa.fee_messages import message_from
from yibao.readers.nhsa.settlement_messages import (
    DETAILS,
    INFO,
    is_settlement,
    settlement_asked_for,
    transaction_of,
)
from yibao.readers.nhsa.settlement_values import RecordValues, amount_text, header_fields, too_long
from yibao.readers.nhsa.written_values import value_of

# What the platform gives the reversal anew, and what says nothing of it.
_ANEW = {"setl_id", "setl_time", "medins_setl_id", "clr_optins", "clr_way"}
_NOT_OF_A_REVERSAL = {names.TRACE, "crt_payb_lmt_amt"}
_DEEPEST = 3


def reversal_from_nhsa(content: bytes, path: str) -> tuple[dict[str, object], list[Problem]]:
    """The `setlinfo` and `setldetail` that cancel a recorded settlement: a message, its `output`, or a bare `setlinfo`.

    Raises ProblemsFound where there is none, or where it is a cancel itself.
    """
    problems, notices = PointedProblems(path), PointedNotices(path)
    reader = _Reversal(problems, notices)
    made = reader.of(message_from(content, problems))
    problems.raise_if_any()
    return made, notices.listed()


class _Reversal:
    """Turns the signs of one settlement."""

    def __init__(self, problems: PointedProblems, notices: PointedNotices) -> None:
        self.problems = problems
        self.notices = notices

    def of(self, document: Json) -> dict[str, object]:
        """The reversal; an empty document where a problem was noted."""
        pointer, transaction, target = "", None, None
        for _ in range(_DEEPEST):
            if not isinstance(document, dict):
                break
            transaction = self._transaction(document, pointer) or transaction
            target = settlement_asked_for(document) or target
            if INFO in document or "output" not in document:
                break
            pointer, document = pointer_to(pointer, "output"), document["output"]
        info, details, place = document, None, pointer
        if isinstance(document, dict) and INFO in document:
            info, details, place = document[INFO], document.get(DETAILS), pointer_to(pointer, INFO)
        if not isinstance(info, dict) or not is_settlement(info):
            self.problems.add("nhsa-no-settlement", "there is no `setlinfo` with amounts to reverse", pointer)
            return {}
        values = RecordValues(info, place, names.settlement_name, self.problems, self.notices)
        if transaction in names.CANCELS or (transaction is None and target is not None):
            self.problems.add("nhsa-reversal-of-a-reversal", "this settlement is a cancel itself", place)
        self._check_marks(values)
        rows = self._rows(details, pointer_to(pointer, DETAILS))
        return {INFO: self._info(info, values), DETAILS: rows}

    def _transaction(self, message: Mapping[str, Json], pointer: str) -> str | None:
        header = RecordValues(header_fields(message), pointer, names.header_name, self.problems, self.notices)
        number = header.written("infno")
        return None if number is None else transaction_of(number)

    def _check_marks(self, values: RecordValues) -> None:
        """A bureau's record says of itself that it cancels another, or that it is refunded."""
        original, refunded = values.code(names.ORIGINAL), values.code(names.REFUNDED)
        if original is not None:
            said = f"this settlement is a cancel itself, of {shown(original)}"
            self.problems.add("nhsa-reversal-of-a-reversal", said, values.at(names.ORIGINAL))
        elif refunded is not None and refunded.strip("0"):
            said = f"`{names.REFUNDED}` says that this settlement is refunded, or is the refund of another"
            self.problems.add("nhsa-reversal-of-a-reversal", said, values.at(names.REFUNDED))

    def _info(self, info: Mapping[str, Json], values: RecordValues) -> dict[str, object]:
        amounts = values.amounts(names.SETTLEMENT_AMOUNTS)
        turned: dict[str, object] = {}
        for key, value in info.items():
            name = names.settlement_name(key)
            if name == names.BALANCE:
                turned[key] = self._balance(amounts, values.at(name))
            elif name in names.MIRRORED:
                turned[key] = _turned(amounts.get(name))
            else:
                turned[key] = None if name in _ANEW else _kept(value)
        turned[names.ORIGINAL] = values.code("setl_id")
        return turned

    def _balance(self, amounts: Mapping[str, int], pointer: str) -> str | None:
        """The balance after the account has its money back."""
        balance, back = amounts.get(names.BALANCE), amounts.get(names.ACCOUNT)
        if balance is None or back is None:
            return None
        text = amount_text(balance + back)
        if text is None:
            self.problems.add("nhsa-amount-too-long", too_long(balance + back), pointer)
        return text

    def _rows(self, details: Json, pointer: str) -> list[dict[str, object]]:
        if value_of(details) is None:
            return []
        if not isinstance(details, list) or not all(isinstance(row, dict) for row in details):
            self.problems.add("wrong-type", f"`{DETAILS}` is a list of objects", pointer)
            return []
        rows = [(at, row) for at, row in enumerate(details) if isinstance(row, dict)]
        return [self._row(row, pointer_to(pointer, at)) for at, row in rows]

    def _row(self, row: Mapping[str, Json], pointer: str) -> dict[str, object]:
        values = RecordValues(row, pointer, names.plain_name, self.problems, self.notices)
        amounts = values.amounts(names.DETAIL_AMOUNTS)
        turned: dict[str, object] = {}
        for key, value in row.items():
            name = names.plain_name(key)
            if name in names.DETAIL_AMOUNTS:
                turned[key] = _turned(amounts.get(name))
            else:
                turned[key] = None if name in _NOT_OF_A_REVERSAL else _kept(value)
        return turned


def _turned(fen: int | None) -> str | None:
    return None if fen is None else amount_text(-fen)


def _kept(value: Json) -> object:
    """A value that is no amount, as it was written; a number that JSON alone can't hold is written as a text."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, dict):
        return {key: _kept(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_kept(each) for each in value]
    return str(value)
