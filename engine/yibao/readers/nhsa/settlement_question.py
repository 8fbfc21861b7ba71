"""What a question for a settlement (`input.data` of 2206, 2207, 2303, 2304) says of a claim, and the message around it.

Only what is certain becomes a fact: the scheme, the kind of care, whether the account is used, the discharge, the
invoice, the two places and the institution. The total is held against the lines. The rest of the question is either
known and not read, or reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from yibao.model.facts import Vocabulary
from yibao.readers.documents.pointed_problems import PointedNotices, PointedProblems, pointer_to, shown
from yibao.readers.nhsa import interface_names as names
from yibao.readers.nhsa.fee_messages import SettlementQuestion
from yibao.readers.nhsa.written_values import day_of

_AREA = re.compile(r"\d{6}", re.ASCII)
_FLAGS = {"0": False, "1": True}
_IN_HOSPITAL = ("2303", "2304")
_READ = re.compile(
    r"insutype|med_type|acct_used_flag|dscg_time|mid_setl_flag|invono|medfee_sumamt|fulamt_ownpay_amt|overlmt_selfpay|"
    r"preselfpay_amt|inscp_scp_amt|setl_id|mdtrt_id"
)
Found = Iterator[tuple[str, object, str]]


def facts_of(
    questions: list[SettlementQuestion], vocabulary: Vocabulary, problems: PointedProblems, notices: PointedNotices
) -> dict[str, object]:
    """The facts of all questions of a document, as a partial claim document.

    Two questions that contradict each other are a problem, located at the later one.
    """
    facts: dict[str, object] = {}
    for question in questions:
        reader = _Question(question, vocabulary, notices)
        for path, value, pointer in (*reader.asked(), *reader.around()):
            if facts.setdefault(path, value) != value:
                said = f"this says {shown(value)} of `{path}`, an earlier question {shown(facts[path])}"
                problems.add("conflicting-fact", said, pointer)
    return _nested(facts)


def check_totals(questions: list[SettlementQuestion], amounts: list[object], problems: PointedProblems) -> None:
    """Hold the total of each question against the lines, where all of those have an amount."""
    known = [amount for amount in amounts if isinstance(amount, int)]
    for question in questions:
        total = question.values.amounts((names.TOTAL,)).get(names.TOTAL)
        if total is not None and known and len(known) == len(amounts) and sum(known) != total:
            said = f"the total is {total} fen, the lines come to {sum(known)} fen"
            problems.add("nhsa-total-differs", said, question.values.at(names.TOTAL), "send all lines of the bill")


class _Question:
    """Reads one question."""

    def __init__(self, question: SettlementQuestion, vocabulary: Vocabulary, notices: PointedNotices) -> None:
        self.values = question.values
        self.header = question.header
        self.vocabulary = vocabulary
        self.notices = notices

    def asked(self) -> Found:
        """Path, value and pointer of what the question itself says."""
        for key, name in self.values.spellings:
            if not _READ.fullmatch(name) and not names.SETTLEMENT_UNREAD.fullmatch(name):
                said = f"{shown(key)} is not read: a question for a settlement as known here has no such field"
                self.notices.add("unknown-field", said, pointer_to(self.values.pointer, key), about=key)
        yield from self._coded("insutype", "scheme", "insured.scheme")
        yield from self._coded("med_type", "care-kind", "encounter.kind")
        used = self.values.code("acct_used_flag")
        if used is not None:
            flag = used.lstrip("0") or "0"
            if flag in _FLAGS:
                yield "account.use", _FLAGS[flag], self.values.at("acct_used_flag")
            else:
                self._unclear("acct_used_flag", used)
        invoice = self.values.code("invono")
        if invoice is not None:
            yield "invoice.number", invoice, self.values.at("invono")
        yield from self._discharge()

    def around(self) -> Found:
        """Path, value and pointer of what the message around the question says."""
        places = {"insuplc_admdvs": "insured.insured_area", "mdtrtarea_admvs": "encounter.treatment_area"}
        for key, path in places.items():
            area, pointer = self.header.code(key), self.header.at(key)
            if area is not None and _AREA.fullmatch(area):
                if self.vocabulary.can_begin(self.vocabulary.facts[path].type, area):
                    yield path, area, pointer
                else:
                    said = f"{shown(area)} of `{key}` lies in no province; the fact stays unknown"
                    self.notices.add("unknown-division", said, pointer)
            elif area is not None:
                said = f"{shown(area)} of `{key}` is no code of six digits; the fact stays unknown"
                self.notices.add("unknown-code", said, pointer)
        institution = self.header.code("fixmedins_code")
        if institution is not None:
            yield "encounter.institution.code", institution, self.header.at("fixmedins_code")

    def _coded(self, key: str, table: str, path: str) -> Found:
        written, known = self.values.code(key), self.vocabulary.tables.get(table)
        if written is None or known is None:
            return
        row = known.of_nhsa(written)
        if row is None:
            self._unclear(key, written)
        else:
            yield path, row.code, self.values.at(key)

    def _discharge(self) -> Found:
        """The day of discharge, unless this settles a part of a stay that goes on."""
        written, interim = self.values.code("dscg_time"), self.values.code("mid_setl_flag")
        if written is None or not str(self.header.written("infno")).startswith(_IN_HOSPITAL):
            return
        day = day_of(written)
        if day is None or (interim is not None and interim.strip("0")):
            self._unclear("dscg_time", written)
        else:
            yield "encounter.discharged_on", day, self.values.at("dscg_time")

    def _unclear(self, key: str, written: str) -> None:
        said = f"{shown(written)} of `{key}` does not say for certain what it means; the fact stays unknown"
        self.notices.add("unknown-code", said, self.values.at(key), about=f"{key}={written}")


def merge_facts(claim: Mapping[str, object], facts: Mapping[str, object], path: str) -> dict[str, object]:
    """The claim document, named `path` in problems, with the facts of a message.

    Raises ProblemsFound where the two contradict each other (`conflicting-fact`).
    """
    problems = PointedProblems(path)
    merged = _merged(claim, facts, "", problems)
    problems.raise_if_any()
    return merged


def _merged(
    claim: Mapping[str, object], facts: Mapping[str, object], pointer: str, problems: PointedProblems
) -> dict[str, object]:
    merged = dict(claim)
    for key, said in facts.items():
        place, own = pointer_to(pointer, key), claim.get(key)
        if key not in claim:
            merged[key] = said
        elif isinstance(own, Mapping) and isinstance(said, Mapping):
            merged[key] = _merged(own, said, place, problems)
        # Who has no account does not use one: that is no contradiction.
        elif own != said and not (own is None and place == "/account" and said == {"use": False}):
            message = f"the message says {shown(said)}, the claim says {shown(own)}"
            problems.add("conflicting-fact", message, place)
    return merged


def _nested(facts: Mapping[str, object]) -> dict[str, object]:
    """Facts by path as the objects of a claim document."""
    document: dict[str, object] = {}
    for path, value in facts.items():
        *objects, key = path.split(".")
        holder = document
        for name in objects:
            inner = holder.setdefault(name, {})
            if isinstance(inner, dict):
                holder = inner
        holder[key] = value
    return document
