"""A decision as text for people, in Chinese, in English, or in both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yibao.basics.money import yuan
from yibao.model.claim import Claim
from yibao.model.facts import Vocabulary
from yibao.model.policy import Policy

OUTCOMES = {
    "covered": ("符合医保支付范围", "covered"),
    "partly_covered": ("部分符合医保支付范围", "partly covered"),
    "not_covered": ("不予支付", "not covered"),
    "excluded": ("不予支付", "excluded"),
    "undetermined": ("尚不能确定", "undetermined"),
}
_MARKS = {"covered": "✓", "partly_covered": "◐", "excluded": "✗", "not_covered": "✗", "undetermined": "?"}
_AMOUNTS = (
    ("billed_fen", "总金额", "billed"),
    ("over_ceiling_fen", "超限价自费", "over the ceiling"),
    ("full_self_pay_fen", "全自费", "full self-pay"),
    ("first_self_pay_fen", "先行自付", "first self-pay"),
    ("in_scope_fen", "政策范围内", "in scope"),
)


def decision_text(decision: Mapping[str, Any], claim: Claim, policy: Policy, language: str | None) -> str:
    """The decision as it is printed. `language` None prints both."""
    return "\n".join(_Text(decision, claim, policy, language).lines())


class _Text:
    def __init__(self, decision: Mapping[str, Any], claim: Claim, policy: Policy, language: str | None) -> None:
        self.decision, self.claim, self.policy, self.language = decision, claim, policy, language

    def say(self, zh: str, en: str) -> str:
        """The words in the chosen language, or both."""
        return {"zh": zh, "en": en}.get(self.language or "", f"{zh} · {en}")

    def titled(self, title: Mapping[str, str]) -> str:
        return self.say(title["zh"], title["en"])

    def lines(self) -> Iterator[str]:
        decision = self.decision
        yield f"{_MARKS[decision['outcome']]} {self.say('结论', 'Outcome')}: {self.say(*OUTCOMES[decision['outcome']])}"
        if decision["enquiry"]:
            yield f"  {self.say('这是就医前的咨询，不是支付决定', 'An enquiry before care, not a decision to pay')}"
        for line, read in zip(decision["lines"], self.claim.lines, strict=True):
            yield ""
            yield from self._line(line, read.facts)
        yield from self._total()
        yield from self._findings(
            [*decision["findings"], *(found for line in decision["lines"] for found in line["findings"])]
        )
        yield from self._missing()
        yield from self._documents()
        yield from self._foot()

    def _line(self, line: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[str]:
        name = facts.get("line.name") or facts.get("line.item_code") or ""
        billed = line["amounts"]["billed_fen"]
        amount = f"  {yuan(billed)} {self.say('元', 'yuan')}" if billed is not None else ""
        outcome = self.say(*OUTCOMES[line["outcome"]])
        yield f"{_MARKS[line['outcome']]} {self._line_name(line['line_id'])} {name}{amount} → {outcome}"
        for reason in line["reasons"]:
            yield from self._reason(reason)
        for answer in line["answers"]:
            yield from self._answer(answer)
        if line["outcome"] in ("covered", "partly_covered"):
            yield f"    {self.say('分解', 'split')}: {self._split(line['amounts'])}"
        if line["amounts_missing"]:
            yield f"    {self.say('金额尚缺', 'amounts need')}: {', '.join(map(self._fact, line['amounts_missing']))}"

    def _line_name(self, line_id: str) -> str:
        return self.say(f"第{line_id}行", f"line {line_id}")

    def _reason(self, reason: Mapping[str, Any]) -> Iterator[str]:
        silenced = reason["silenced_by"]
        effect = {"exclude": ("排除", "excludes"), "admit": ("纳入", "admits"), "lift": ("解除排除", "lifts")}
        word = self.say(*effect.get(reason["effect"], (reason["effect"], reason["effect"])))
        if silenced:
            word = self.say(f"被 {silenced} 取代", f"silenced by {silenced}")
        yield f"    {word}: {self.titled(reason['title'])} [{reason['rule']}]"
        yield from self._sources(reason)
        day = f"  ({self._fact(reason['dated_by'])} {reason['date']})" if reason["date"] else ""
        facts = self._facts(reason["facts"])
        if facts or day:
            yield f"      {self.say('事实', 'facts')}: {facts}{day}"

    def _answer(self, answer: Mapping[str, Any]) -> Iterator[str]:
        fen, basis_points = answer.get("value_fen"), answer.get("value_bp")
        if fen is None and basis_points is None:
            return
        value = f"{yuan(fen)} {self.say('元', 'yuan')}" if fen is not None else f"{(basis_points or 0) // 100}%"
        question = self.titled(self.policy.questions[answer["question"]].title.document())
        yield f"    {question}: {value} [{answer['rule']}]"
        yield from self._sources(answer)

    def _sources(self, shown: Mapping[str, Any]) -> Iterator[str]:
        for cite in shown["cites"]:
            yield f"      {self.say('依据', 'source')}: {self._cite(cite)}"

    def _cite(self, cite: Mapping[str, Any]) -> str:
        article = cite.get("article")
        where = (
            "" if article is None else self.say(f"第{article}条", f"art. {article}") if article.isdigit() else article
        )
        passage = f"“{cite['passage']}”" if cite.get("passage") else ""
        rows = f" {'、'.join(cite['carries'])}" if cite["carries"] else ""
        parts = " ".join(part for part in (f"《{cite['source']}》", where, passage) if part)
        return f"{parts} [{self.say('证据等级', 'grade')} {cite['grade']}{rows}]"

    def _total(self) -> Iterator[str]:
        if len(self.decision["lines"]) > 1:
            yield ""
            yield f"{self.say('合计', 'total')}: {self._split(self.decision['amounts'])}"

    def _split(self, amounts: Mapping[str, int | None]) -> str:
        parts = []
        for key, zh, en in _AMOUNTS:
            amount = amounts[key]
            parts.append(f"{self.say(zh, en)} {'?' if amount is None else yuan(amount)}")
        return ", ".join(parts)

    def _findings(self, found: list[Mapping[str, Any]]) -> Iterator[str]:
        """Each finding once, however many lines it holds for."""
        for finding in {one["rule"]: one for one in found}.values():
            yield f"    {self.say('提示', 'note')}: {self.titled(finding['title'])} [{finding['rule']}]"
            if finding["advice"]:
                yield f"      {self.titled(finding['advice'])}"

    def _missing(self) -> Iterator[str]:
        if not self.decision["missing"]:
            return
        yield ""
        yield f"{self.say('还需要知道', 'Still to be asked')}:"
        for missing in self.decision["missing"]:
            lines = f" ({', '.join(map(self._line_name, missing['lines']))})" if missing["lines"] else ""
            asked = f"  ← {', '.join(missing['asked_by'])}" if missing["asked_by"] else ""
            yield f"  ? {self._fact(missing['fact'])} {missing['fact']}{lines}{asked}"

    def _documents(self) -> Iterator[str]:
        if not self.decision["documents_due"]:
            return
        yield ""
        yield f"{self.say('应提交的材料', 'Documents due')}:"
        for due in self.decision["documents_due"]:
            mark = {True: "✓", False: "✗", None: "?"}[due["held"]]
            yield f"  {mark} {self.titled(due['title'])} [{', '.join(due['rules'])}]"

    def _foot(self) -> Iterator[str]:
        policy = self.decision["policy"]
        as_of = f", {self.say('截至', 'as of')} {policy['as_of']}" if policy["as_of"] else ""
        yield ""
        if self.decision["illustrative"]:
            yield self.say(
                "含示例性（未经核实）的规则或地区", "Rests on a rule or place that is illustrative, not confirmed law"
            )
        yield f"{self.say('政策', 'policy')} {policy['digest'][:19]}… ({', '.join(policy['jurisdictions'])}{as_of})"
        yield f"{self.say('裁决编号', 'decision')} {self.decision['decision_id'][:19]}…"

    def _facts(self, facts: Mapping[str, Any]) -> str:
        return ", ".join(f"{self._fact(path)} = {self._value(path, value)}" for path, value in facts.items())

    def _fact(self, path: str) -> str:
        declaration = self._vocabulary.facts.get(path)
        return path if declaration is None else self.say(declaration.title.zh, declaration.title.en)

    def _value(self, path: str, value: Any) -> str:
        """A fact's value in words: the title of a code, yuan for fen, none for null."""
        if value is None:
            return self.say("无", "none")
        if isinstance(value, bool):
            return self.say("是", "yes") if value else self.say("否", "no")
        if isinstance(value, list):
            return "{" + ", ".join(self._value(path, code) for code in value) + "}"
        declaration = self._vocabulary.facts.get(path)
        table = declaration.type.table if declaration is not None else None
        if table is not None and value in self._vocabulary.tables[table].codes:
            return self.titled(self._vocabulary.tables[table].codes[value].title.document())
        return yuan(value) if path.endswith("_fen") else str(value)

    @property
    def _vocabulary(self) -> Vocabulary:
        return self.policy.vocabulary
