"""The envelopes of the messages that a claim is read from: which fee lines (2204, 2301) and which questions for a
settlement (2206, 2207, 2303, 2304) a document holds.

Reads one message, a list of messages, `{"answers": [...]}`, and a bare list of rows. Where a message of fee lines
carries the question beside the answer, a row has both: what was asked (`input.feedetail`: item, date, attestation) and
what was answered (amounts, class). What a row means is in `fee_lines`, what a question for a settlement means in
`settlement_question`.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from fractions import Fraction

from attrs import frozen

from yibao.readers.documents.pointed_problems import PointedNotices, PointedProblems, pointer_to, shown
from yibao.readers.documents.strict_json import Json, read_json
from yibao.readers.nhsa import interface_names as names
from yibao.readers.nhsa.settlement_values import ClaimValues, header_fields

FEE_MESSAGES = ("2204", "2301")
_MESSAGE_PARTS = {"input", "output"}
_MESSAGE_MARKS = {"infno", *_MESSAGE_PARTS}
# A price has six decimals: half of the last one, in fen.
HALF_OF_THE_LAST_DECIMAL = Fraction(1, 2 * 10**4)


@frozen
class SettlementQuestion:
    """What a message asks to have settled (`input.data`), and what the message says of itself."""

    values: ClaimValues
    header: ClaimValues


class FeeMessages:
    """Finds the rows of a document, and the questions for a settlement beside them (in `questions`, after `rows`),
    noting what is malformed and what is unknown."""

    def __init__(self, problems: PointedProblems, notices: PointedNotices) -> None:
        self.problems = problems
        self.notices = notices
        self.questions: list[SettlementQuestion] = []

    def rows(self, document: Json) -> list[ClaimValues]:
        """All rows in the order of the document."""
        if isinstance(document, list):
            messages = any(isinstance(each, dict) and _MESSAGE_MARKS & each.keys() for each in document)
            found = self._messages(document, "") if messages else self._rows(document, "")
        elif isinstance(document, dict) and "answers" in document:
            found = self._answers(document)
        elif isinstance(document, dict):
            found = self._message(document, "")
        else:
            self.problems.add("wrong-type", f"a message is an object or a list, not {shown(document)}", "")
            return []
        if not found and not self.problems.found:
            self.problems.add("no-lines", "the message holds no fee line", "")
        return found

    def _answers(self, document: Mapping[str, Json]) -> list[ClaimValues]:
        self._note_unknown(document, re.compile("answers"), "")
        answers = document["answers"]
        if not isinstance(answers, list):
            self.problems.add("wrong-type", f"`answers` is a list, not {shown(answers)}", "/answers")
            return []
        return self._messages(answers, "/answers")

    def _messages(self, answers: list[Json], parent: str) -> list[ClaimValues]:
        found: list[ClaimValues] = []
        for at, answer in enumerate(answers):
            pointer = pointer_to(parent, at)
            if isinstance(answer, dict):
                found.extend(self._message(answer, pointer))
            else:
                self.problems.add("wrong-type", f"a message is an object, not {shown(answer)}", pointer)
        return found

    def _message(self, message: Mapping[str, Json], pointer: str) -> list[ClaimValues]:
        header = self._header(message, pointer)
        number, outcome = header.written("infno"), header.written("infcode")
        asks = self._asks_for_settlement(message, pointer, header)
        settles = asks and str(number)[:4] in (*names.PRE_SETTLES, *names.SETTLES)
        if number is not None and not settles and str(number) not in FEE_MESSAGES:
            said = f"the message {shown(number)} holds neither fee lines (2204, 2301) nor a question for a settlement"
            self.problems.add("nhsa-other-message", said, header.at("infno"))
        if outcome is not None and str(outcome) != "0":
            said = f"the message failed with {shown(outcome)}: {shown(header.written('err_msg'))}"
            self.problems.add("nhsa-failed-message", said, header.at("infcode"))
        output = message.get("output")
        if settles or (asks and "output" not in message):
            self._note_settlement(message, pointer)
            return []
        if not isinstance(output, dict) or not isinstance(output.get("result"), list):
            self.problems.add("missing-field", "a message of fee lines has a list `output.result`", pointer)
            return []
        self._note_unknown(output, re.compile("result"), f"{pointer}/output")
        rows = self._rows(output["result"], f"{pointer}/output/result")
        questions = self._questions(message.get("input"), f"{pointer}/input")
        asked = {name: row for row in questions if (name := row.code(names.LINE_NAME)) is not None}
        return [self._joined(row, asked.get(row.code(names.LINE_NAME) or "")) for row in rows]

    def _header(self, message: Mapping[str, Json], pointer: str) -> ClaimValues:
        for key in message:
            if key not in _MESSAGE_PARTS and not names.HEADER.fullmatch(names.header_name(key)):
                said = f"{shown(key)} is not read: the interface as known here has no such field"
                self.notices.add("unknown-field", said, pointer_to(pointer, key), about=key)
        return ClaimValues(header_fields(message), pointer, names.header_name, self.problems, self.notices)

    def _asks_for_settlement(self, message: Mapping[str, Json], pointer: str, header: ClaimValues) -> bool:
        question = message.get("input")
        data = question.get("data") if isinstance(question, dict) else None
        if not isinstance(data, dict):
            return False
        place = f"{pointer}/input/data"
        values = ClaimValues(data, place, names.settlement_name, self.problems, self.notices)
        self.questions.append(SettlementQuestion(values, header))
        return True

    def _note_settlement(self, message: Mapping[str, Json], pointer: str) -> None:
        if isinstance(message.get("output"), dict):
            said = "the settlement that was answered is not read; `yibao nhsa check` judges it"
            self.notices.add("nhsa-answer-unread", said, f"{pointer}/output")
        question = message.get("input")
        if isinstance(question, dict):
            self._note_unknown(question, re.compile("data"), f"{pointer}/input")

    def _questions(self, question: Json, pointer: str) -> list[ClaimValues]:
        if not isinstance(question, dict) or "feedetail" not in question:
            return []
        self._note_unknown(question, re.compile("feedetail|data"), pointer)
        return self._rows(question["feedetail"], f"{pointer}/feedetail")

    def _rows(self, rows: Json, pointer: str) -> list[ClaimValues]:
        if not isinstance(rows, list):
            self.problems.add("wrong-type", f"the rows are a list, not {shown(rows)}", pointer)
            return []
        found: list[ClaimValues] = []
        for at, row in enumerate(rows):
            place = pointer_to(pointer, at)
            if isinstance(row, dict):
                found.append(self._row(row, place))
            else:
                self.problems.add("wrong-type", f"a fee line is an object, not {shown(row)}", place)
        return found

    def _row(self, row: Mapping[str, Json], pointer: str) -> ClaimValues:
        values = ClaimValues(row, pointer, names.line_name, self.problems, self.notices)
        for key, name in values.spellings:
            if not names.LINE_READ.fullmatch(name) and not names.LINE_UNREAD.fullmatch(name):
                said = f"{shown(key)} is not read: a fee line as known here has no such field"
                self.notices.add("unknown-field", said, pointer_to(pointer, key), about=key)
        return values

    def _joined(self, answer: ClaimValues, question: ClaimValues | None) -> ClaimValues:
        """The answered row with what only the question says; where both speak, the answer counts."""
        if question is not None:
            for name, answered, asked in answer.complete(question):
                said = f"`{name}` was asked as {shown(asked)} and answered as {shown(answered)}"
                self.notices.add("nhsa-rows-differ", said, answer.at(name))
        return answer

    def _note_unknown(self, document: Mapping[str, Json], known: re.Pattern[str], pointer: str) -> None:
        for key in document:
            if not known.fullmatch(key):
                said = f"{shown(key)} is not read: the interface as known here has no such field"
                self.notices.add("unknown-field", said, pointer_to(pointer, key), about=key)


def message_from(content: bytes, problems: PointedProblems) -> Json:
    """The JSON of somebody's message; the mark of UTF-8 that some systems write before it is no part of it.

    Raises ProblemsFound where it is none.
    """
    return read_json(content.removeprefix(BOM_UTF8), problems)


def price_agrees(amount_fen: int, count: Fraction, price: Fraction) -> bool:
    """Whether count times price comes to the amount, rounded to the fen.

    A price that needs all six decimals of the interface is itself rounded, so what that may make on the count is
    allowed for.
    """
    price_is_rounded = (price * 10**5).denominator != 1
    slack = abs(count) * HALF_OF_THE_LAST_DECIMAL if price_is_rounded else 0
    return abs(count * price * 100 - amount_fen) <= Fraction(1, 2) + slack
