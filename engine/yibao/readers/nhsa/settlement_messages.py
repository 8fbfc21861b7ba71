"""Finds settlements and fee lines in anybody's message: 2204, 2206 to 2208, 2301, 2303 to 2305 and the like, records of
a bureau, bare `setlinfo` objects, and lists of all of these, however they are wrapped.

A record is known by the name of the key that it stands under, or by the names in it. Fields that we don't know are
remarks, none is dropped unseen. Nothing is judged here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import evolve, frozen

from yibao.basics.problems import Problem
from yibao.readers.documents.pointed_problems import PointedNotices, PointedProblems, pointer_to, shown
from yibao.readers.documents.strict_json import Json
from yibao.readers.nhsa import interface_names as names
from yibao.readers.nhsa.fee_messages import message_from
from yibao.readers.nhsa.settlement_records import BilledLine, Detail, Settlement, SettlementMessages
from yibao.readers.nhsa.settlement_values import RecordValues, header_fields
from yibao.readers.nhsa.written_values import value_of

INFO, DETAILS = "setlinfo", "setldetail"
_RECORD_FIELDS = {*names.SETTLEMENT_AMOUNTS, *names.SETTLEMENT_NAMES, names.RATIO}
_LINE_MARKS = {names.LINE_NAME, names.LINE_TOTAL}
_DETAIL_MARKS = {names.FUND_TYPE, names.FUND_AMOUNT}
_DETAIL_FIELDS = {*_DETAIL_MARKS, names.TRACE}
_VARIANT = re.compile(r"(\d{4})[A-Za-z]?")


@frozen
class _Placed:
    """A value and where it stands."""

    value: Json
    pointer: str


@frozen
class _PlacedRecord:
    value: Mapping[str, Json]
    pointer: str


@frozen(kw_only=True)
class _Around:
    """What the message around a record says of it."""

    transaction: str | None
    target: str | None
    asked: bool


def settlements_from_nhsa(content: bytes, path: str) -> tuple[SettlementMessages, list[Problem]]:
    """The settlements and fee lines of a document, and remarks on what was not read.

    Raises ProblemsFound, with pointers, for what is no JSON, for values that are none of their kind, and where there is
    nothing of the kind at all.
    """
    problems, notices = PointedProblems(path), PointedNotices(path)
    reader = _Reader(problems, notices)
    reader.visit(message_from(content, problems), "", _Around(transaction=None, target=None, asked=False))
    if not reader.settlements and not reader.lines and not problems.found:
        hint = "a settlement has `setlinfo` or `setldetail`, a fee line `det_item_fee_sumamt`"
        problems.add("nhsa-nothing-to-check", "there is neither a settlement nor a fee line in it", "", hint)
    problems.raise_if_any()
    found = SettlementMessages(settlements=tuple(reader.settlements), lines=tuple(reader.lines))
    return found, notices.listed()


def is_settlement(record: Mapping[str, Json]) -> bool:
    """Whether an object is a `setlinfo`, by the names of its keys: it has the total, or two of the other amounts."""
    found = {names.settlement_name(key) for key in record}
    return not found & _LINE_MARKS and (names.TOTAL in found or len(found & set(names.SETTLEMENT_AMOUNTS)) > 1)


class _Reader:
    """Walks through a document and keeps the records it meets."""

    def __init__(self, problems: PointedProblems, notices: PointedNotices) -> None:
        self.problems = problems
        self.notices = notices
        self.settlements: list[Settlement] = []
        self.lines: list[BilledLine] = []

    def visit(self, value: Json, pointer: str, around: _Around) -> None:
        """Look for records in a value."""
        if isinstance(value, list):
            self._visit_list(value, pointer, around)
        elif not isinstance(value, dict):
            said = f"{shown(value)} is not read: records are objects"
            self.notices.add("unknown-field", said, pointer, about=pointer.rpartition("/")[0])
        elif {names.line_name(key) for key in value} & _LINE_MARKS:
            self._line(value, pointer, around)
        elif is_settlement(value):
            self._settlement(_Placed(value, pointer), None, around)
        else:
            self._visit_message(value, pointer, around)

    def _visit_list(self, values: list[Json], pointer: str, around: _Around) -> None:
        if values and all(isinstance(value, dict) and self._is_detail(value) for value in values):
            self._settlement(None, _Placed(values, pointer), around)
            return
        for at, value in enumerate(values):
            self.visit(value, pointer_to(pointer, at), around)

    def _is_detail(self, value: Mapping[str, Json]) -> bool:
        found = {names.plain_name(key) for key in value}
        return bool(found & _DETAIL_MARKS) and not is_settlement(value) and not found & {INFO, DETAILS}

    def _visit_message(self, message: Mapping[str, Json], pointer: str, around: _Around) -> None:
        around = self._said_around(message, pointer, around)
        if INFO in message or DETAILS in message:
            info, details = (_placed(message, key, pointer) for key in (INFO, DETAILS))
            self._settlement(info, details, around)
        for key, value in message.items():
            # What an unknown key wraps is looked into, and what is unread there is remarked on there.
            known = (
                names.AROUND.fullmatch(key) is not None or names.HEADER.fullmatch(names.header_name(key)) is not None
            )
            known = known or (isinstance(value, dict | list) and bool(value))
            self._note_unknown(key, known, pointer)
            if isinstance(value, dict | list) and key not in (INFO, DETAILS):
                self.visit(value, pointer_to(pointer, key), evolve(around, asked=around.asked or key == "input"))

    def _said_around(self, message: Mapping[str, Json], pointer: str, around: _Around) -> _Around:
        header = RecordValues(header_fields(message), pointer, names.header_name, self.problems, self.notices)
        number, outcome = header.written("infno"), header.written("infcode")
        if outcome is not None and str(outcome) != "0":
            said = f"the message failed with {shown(outcome)}: {shown(header.written('err_msg'))}"
            self.notices.add("nhsa-failed-message", said, header.at("infcode"))
        target = settlement_asked_for(message)
        if target is not None:
            around = evolve(around, target=target)
        return around if number is None else evolve(around, transaction=transaction_of(number))

    def _settlement(self, info: _Placed | None, details: _Placed | None, around: _Around) -> None:
        record = self._record(info)
        values = RecordValues(record.value, record.pointer, names.settlement_name, self.problems, self.notices)
        for key in record.value:
            name = names.settlement_name(key)
            known = name in _RECORD_FIELDS or names.SETTLEMENT_UNREAD.fullmatch(name) is not None
            self._note_unknown(key, known, record.pointer)
        place = record if record.value or details is None else details
        found = Settlement(
            pointer=place.pointer,
            transaction=around.transaction,
            asked=around.asked,
            names={name: code for name in names.SETTLEMENT_NAMES if (code := values.code(name)) is not None},
            amounts=values.amounts(names.SETTLEMENT_AMOUNTS),
            empty=values.empty,
            rate=values.rate(names.RATIO),
            details=self._details(details),
            target=around.target,
        )
        self.settlements.append(found)

    def _record(self, placed: _Placed | None) -> _PlacedRecord:
        if placed is not None and isinstance(placed.value, dict):
            return _PlacedRecord(placed.value, placed.pointer)
        if placed is not None and value_of(placed.value) is not None:
            said = f"`{INFO}` is an object, not {shown(placed.value)}"
            self.problems.add("wrong-type", said, placed.pointer)
        return _PlacedRecord({}, placed.pointer if placed is not None else "")

    def _details(self, placed: _Placed | None) -> tuple[Detail, ...]:
        if placed is None or value_of(placed.value) is None:
            return ()
        if not isinstance(placed.value, list):
            said = f"`{DETAILS}` is a list, not {shown(placed.value)}"
            self.problems.add("wrong-type", said, placed.pointer)
            return ()
        found: list[Detail] = []
        for at, row in enumerate(placed.value):
            pointer = pointer_to(placed.pointer, at)
            if isinstance(row, dict):
                found.append(self._detail(row, pointer))
            else:
                self.problems.add("wrong-type", f"a row of `{DETAILS}` is an object, not {shown(row)}", pointer)
        return tuple(found)

    def _detail(self, row: Mapping[str, Json], pointer: str) -> Detail:
        values = RecordValues(row, pointer, names.plain_name, self.problems, self.notices)
        for key in row:
            name = names.plain_name(key)
            known = name in _DETAIL_FIELDS or names.DETAIL_UNREAD.fullmatch(name) is not None
            self._note_unknown(key, known, pointer)
        return Detail(
            pointer=pointer,
            fund_type=values.code(names.FUND_TYPE),
            amounts=values.amounts((names.FUND_AMOUNT,)),
            trace=values.trace(),
        )

    def _line(self, row: Mapping[str, Json], pointer: str, around: _Around) -> None:
        values = RecordValues(row, pointer, names.line_name, self.problems, self.notices)
        for key in row:
            name = names.line_name(key)
            known = names.LINE_READ.fullmatch(name) or names.LINE_UNREAD.fullmatch(name)
            self._note_unknown(key, known is not None, pointer)
        found = BilledLine(
            pointer=pointer,
            asked=around.asked,
            amounts=values.amounts((names.LINE_TOTAL, *names.LINE_PARTS)),
            empty=values.empty,
            count=values.number(names.COUNT),
            price=values.number(names.PRICE),
        )
        self.lines.append(found)

    def _note_unknown(self, key: str, known: bool, pointer: str) -> None:
        if not known:
            said = f"{shown(key)} is not read: the interface as known here has no such field there"
            self.notices.add("unknown-field", said, pointer_to(pointer, key), about=key)


def _placed(around: Mapping[str, Json], key: str, pointer: str) -> _Placed | None:
    return _Placed(around[key], pointer_to(pointer, key)) if key in around else None


def transaction_of(number: Json) -> str:
    """The number of a message without the letter of a region's variant."""
    variant = _VARIANT.fullmatch(str(number))
    return variant[1] if variant else str(number)


def settlement_asked_for(message: Mapping[str, Json]) -> str | None:
    """The settlement that the question of a message names: in a cancel, the one to be cancelled."""
    question = message.get("input")
    data = question.get("data") if isinstance(question, dict) else None
    if not isinstance(data, dict):
        return None
    silent = PointedProblems("")
    return RecordValues(data, "", names.settlement_name, silent, PointedNotices("")).code("setl_id")
