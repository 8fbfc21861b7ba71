"""Messages of the national interface to a claim document: fee lines (2204, 2301), beside a question for a settlement.

Amounts are read exactly: numbers or texts, in yuan, never through a float. What a row can't tell stays absent, so that
a decision asks for it. How a row is written (spellings, blanks, what is no value) is in `settlement_values`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from yibao.basics.money import MAXIMUM_FEN, WHOLE_BASIS_POINTS, share
from yibao.basics.problems import Problem
from yibao.model.facts import Code, Vocabulary
from yibao.readers.documents.pointed_problems import PointedNotices, PointedProblems, shown
from yibao.readers.nhsa.fee_messages import FeeMessages, message_from, price_agrees
from yibao.readers.nhsa.interface_names import LINE_NAME, LINE_PARTS, LINE_TOTAL
from yibao.readers.nhsa.settlement_question import check_totals, facts_of, merge_facts
from yibao.readers.nhsa.settlement_values import FEN_OF_A_YUAN, ClaimValues
from yibao.readers.nhsa.written_values import day_of

NO_CEILING = 999_999
CLASSES, CHARGE_TYPES = "catalogue-class", "charge-type"
INSIDE_THE_CATALOGUE = ("A", "B")
_NAMES = ("medins_list_name", "hilist_name")


def claim_from_nhsa(content: bytes, vocabulary: Vocabulary, path: str) -> tuple[dict[str, object], list[Problem]]:
    """What the messages of a document say of a claim: its `lines`, and the facts of a question for a settlement, as a
    partial claim document; and notices of what was not read or does not add up.

    Raises ProblemsFound, with pointers into the message, when it is malformed or its total is not that of its lines.
    """
    problems, notices = PointedProblems(path), PointedNotices(path)
    messages = FeeMessages(problems, notices)
    lines: list[dict[str, object]] = []
    first: dict[object, str] = {}
    for row in messages.rows(message_from(content, problems)):
        line = _FeeLine(row, vocabulary, problems, notices).line()
        name = line.get("line_id")
        if name is not None and first.setdefault(name, row.pointer) != row.pointer:
            said = f"the row {shown(name)} stands at {first[name]} already"
            problems.add("duplicate-line", said, row.at(LINE_NAME))
        lines.append(line)
    facts = facts_of(messages.questions, vocabulary, problems, notices)
    check_totals(messages.questions, [line.get("amount_fen") for line in lines], problems)
    problems.raise_if_any()
    return {**facts, "lines": lines}, notices.listed()


def merge_claims(claim: Mapping[str, object], read: Mapping[str, object], path: str = "claim") -> dict[str, object]:
    """The claim document with what messages say: facts of a question for a settlement, and the lines.

    `claim` is a checked (partial) document, named `path` in problems. Raises ProblemsFound where the two contradict
    each other.
    """
    lines = read.get("lines")
    facts = {key: value for key, value in read.items() if key != "lines"}
    own = [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    return merge_lines(merge_facts(claim, facts, path), own, path)


def merge_lines(claim: Mapping[str, object], lines: list[dict[str, object]], path: str = "claim") -> dict[str, object]:
    """The claim document with the lines of a message; what the claim says of a line is added to it.

    `claim` is a checked (partial) document, named `path` in problems. Raises ProblemsFound where the two contradict
    each other (`conflicting-fact`), or the claim speaks of a line that the message does not have
    (`line-not-in-message`).
    """
    problems = PointedProblems(path)
    known = claim.get("lines")
    own = [line for line in known if isinstance(line, dict)] if isinstance(known, list) else []
    read = {line["line_id"]: line for line in lines}
    added: dict[object, dict[str, object]] = {}
    for at, line in enumerate(own):
        beside = read.get(line["line_id"])
        if beside is None:
            said = f"the message has no line {shown(line['line_id'])}"
            problems.add("line-not-in-message", said, f"/lines/{at}/line_id", "leave the line out")
            continue
        for key in sorted(line.keys() & beside.keys()):
            if line[key] != beside[key]:
                said = f"the message says {shown(beside[key])}, the claim says {shown(line[key])}"
                problems.add("conflicting-fact", said, f"/lines/{at}/{key}")
        added[line["line_id"]] = line
    problems.raise_if_any()
    return {**claim, "lines": [{**line, **added.get(line["line_id"], {})} for line in lines]}


class _FeeLine:
    """Reads one row into one line."""

    def __init__(
        self, row: ClaimValues, vocabulary: Vocabulary, problems: PointedProblems, notices: PointedNotices
    ) -> None:
        self.row = row
        self.vocabulary = vocabulary
        self.problems = problems
        self.notices = notices

    def line(self) -> dict[str, object]:
        """The line, with the keys that the row can fill."""
        if self.row.written(LINE_NAME) is None:
            self.problems.add("missing-field", f"a fee line needs `{LINE_NAME}`", self.row.pointer)
        amount, level = self._amount(), self._class()
        found = {
            "line_id": self.row.code(LINE_NAME),
            "refund_of": self.row.code("init_feedetl_sn"),
            "item_code": self.row.code("med_list_codg"),
            "name": next((name for key in _NAMES if (name := self.row.code(key)) is not None), None),
            "category": self._category(),
            "catalogue_class": level,
            "amount_fen": amount,
            "first_payment_bp": self._first_payment(level),
            "charged_on": self._charged_on(),
        }
        self._check_sums(amount)
        given: dict[str, object] = {key: value for key, value in found.items() if value is not None}
        return given | self._ceiling(amount) | self._restriction()

    def _amount(self) -> int | None:
        fen = self.row.amounts((LINE_TOTAL,)).get(LINE_TOTAL)
        return None if fen is None else self._bounded(fen, LINE_TOTAL)

    def _bounded(self, fen: int, key: str) -> int | None:
        if abs(fen) <= MAXIMUM_FEN:
            return fen
        said = f"`{key}` comes to more than {MAXIMUM_FEN} fen"
        self.problems.add("out-of-range", said, self.row.at(key))
        return None

    def _class(self) -> str | None:
        row = self._public_code("chrgitm_lv", CLASSES)
        return None if row is None else row.code

    def _category(self) -> str | None:
        row = self._public_code("med_chrgitm_type", CHARGE_TYPES)
        return None if row is None else row.attributes.get("category")

    def _public_code(self, key: str, table: str) -> Code | None:
        """The row of a table that carries the public code; one that it does not know is noted."""
        text, known = self.row.code(key), self.vocabulary.tables.get(table)
        if text is None or known is None:
            return None
        row = known.of_nhsa(text)
        if row is None:
            said = f"{shown(text)} of `{key}` has no row in the table `{table}`; the fact stays unknown"
            self.notices.add("unknown-code", said, self.row.at(key), about=f"{key}={text}")
        return row

    def _ceiling(self, amount: int | None) -> dict[str, object]:
        """The ceiling of the whole line. A refund has none of its own, and a ceiling of 0 may mean "no value"."""
        unit, count = self.row.number("pric_uplmt_amt"), self.row.number("cnt")
        if unit is None or (amount is not None and amount < 0):
            return {}
        if unit == NO_CEILING:
            return {"ceiling_fen": None}
        if unit <= 0:
            said = "a ceiling of 0 or less may mean that there is no value; the fact stays unknown"
            self.notices.add("nhsa-unclear-ceiling", said, self.row.at("pric_uplmt_amt"))
            return {}
        if count is None or count <= 0:
            return {}
        exact = unit * count * FEN_OF_A_YUAN
        fen = self._bounded(share(exact.numerator, Fraction(1, exact.denominator)), "pric_uplmt_amt")
        return {} if fen is None else {"ceiling_fen": fen}

    def _first_payment(self, level: str | None) -> int | None:
        """The share paid first, for an item inside the catalogue; outside it the field says that all is self-paid."""
        share = self.row.number("selfpay_prop")
        if share is None or level not in INSIDE_THE_CATALOGUE:
            return None
        points = share * WHOLE_BASIS_POINTS
        if points.denominator != 1 or not 0 <= points <= WHOLE_BASIS_POINTS:
            written = shown(self.row.written("selfpay_prop"))
            said = f"`selfpay_prop` is a share from 0 to 1 in whole basis points, not {written}"
            self.problems.add("out-of-range", said, self.row.at("selfpay_prop"))
            return None
        return points.numerator

    def _restriction(self) -> dict[str, object]:
        restricted, attested = self._flag("lmt_used_flag"), self._flag("hosp_appr_flag")
        if restricted == "0" and attested == "2":
            said = "the item is not restricted and yet marked self-paid; the fact stays unknown"
            self.notices.add("nhsa-marked-self-paid", said, self.row.at("hosp_appr_flag"))
            return {}
        if restricted == "0":
            return {"restriction_met": None}
        if restricted == "1" and attested in ("0", "1", "2"):
            return {"restriction_met": attested == "1"}
        return {}

    def _flag(self, key: str) -> str | None:
        text = self.row.code(key)
        return None if text is None else text.lstrip("0") or "0"

    def _charged_on(self) -> str | None:
        text = self.row.code("fee_ocur_time")
        if text is None:
            return None
        day = day_of(text)
        if day is not None:
            return day
        said = f"{shown(text)} is no time such as 2023-01-01 08:30:00"
        self.problems.add("bad-date", said, self.row.at("fee_ocur_time"))
        return None

    def _check_sums(self, amount: int | None) -> None:
        """The two identities of a fee line: its parts make its amount, and so does count times price."""
        parts = [self.row.number(key) for key in LINE_PARTS]
        count, price = self.row.number("cnt"), self.row.number("pric")
        if amount is None:
            return
        known = [part * FEN_OF_A_YUAN for part in parts if part is not None]
        if len(known) == len(parts) and sum(known) != amount:
            said = f"the parts {', '.join(LINE_PARTS)} do not make `det_item_fee_sumamt`"
            self.notices.add("nhsa-identity-broken", said, self.row.at(LINE_TOTAL))
        if count is not None and price is not None and not price_agrees(amount, count, price):
            said = "`cnt` times `pric` does not make `det_item_fee_sumamt`"
            self.notices.add("nhsa-identity-broken", said, self.row.at("cnt"))
