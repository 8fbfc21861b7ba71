"""Expression text to a syntax tree: bounded, hand-written, and ignorant of what the words mean.

    condition := or-chain of and-chains of [not] tests | if condition then condition else condition
    test      := term [ (== != < <= > >=) term | [not] in group | is [not] none ]
    group     := { term, … } | word | catalogue("name")
    term      := product [(+ | -) product]* ; product := factor [(* | //) factor]*
    factor    := word | "text" | whole number [days] | percentage | date | call | ( condition ) | [ condition, … ]
    call      := word ( argument, … [where condition] ) ; argument := [then | from] condition

A minus needs a blank on its left: codes such as `out-of-province-inpatient` contain hyphens. `if`, `then`, `else` and
`from` are words like any other except where a fact or a code could not stand: before something that is a value itself.
"""

from __future__ import annotations

import datetime

from yibao.basics.periods import FIRST_DAY, LAST_DAY, is_nameable
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.language.trees import (
    COMPARISONS,
    MARKS,
    Binary,
    Braces,
    Call,
    Days,
    IfTree,
    ListTree,
    Literal,
    Marked,
    NoneTest,
    NotTree,
    Span,
    Token,
    Tree,
    Word,
    tokens_of,
)

LONGEST_TEXT = 2_000
DEEPEST = 24
MOST_OPERANDS = 40
MOST_DAYS = 100_000


def parse(text: str, place: Place) -> Tree:
    """The syntax tree of an expression. Raises ProblemsFound with the one place where it stops making sense."""
    if len(text) > LONGEST_TEXT:
        message = f"the expression has {len(text)} characters, at most {LONGEST_TEXT} are read"
        raise ProblemsFound([problem_of("expression-too-long", message, place, "name a part of it under `let:`")])
    return _Parser(tokens_of(text, place), text, place).whole()


class _Parser:
    def __init__(self, tokens: list[Token], text: str, place: Place) -> None:
        self._tokens = tokens
        self._text = text
        self._place = place
        self._at = 0
        self._depth = 0

    def whole(self) -> Tree:
        tree = self._either()
        if self._now.kind != "end":
            raise self._wrong(f"`{self._now.text}` does not belong here", self._now.span)
        return tree

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _is(self, *texts: str) -> bool:
        return self._now.kind in ("keyword", "sign") and self._now.text in texts

    def _next(self) -> Token:
        """The token here, and on to the one after it. Who takes the end in takes it for a mistake, so none is after."""
        token = self._now
        self._at += 1
        return token

    def _expect(self, text: str) -> Token:
        if not self._is(text):
            found = f"`{self._now.text}`" if self._now.text else "the end"
            raise self._wrong(f"`{text}` is expected, not {found}", self._now.span)
        return self._next()

    def _wrong(self, message: str, span: Span, hint: str | None = None) -> ProblemsFound:
        place = self._place.shifted(span.start, span.end - span.start)
        return ProblemsFound([problem_of("expression-syntax", message, place, hint)])

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            message = f"the expression nests deeper than {DEEPEST} levels"
            raise ProblemsFound([problem_of("expression-too-deep", message, self._place.shifted(self._now.start))])

    def _is_before_a_value(self, *words: str) -> bool:
        """Whether one of the words stands here, and after it something that begins a value: two in a row make no
        sense, so the word is neither a fact nor a code."""
        if self._now.kind != "word" or self._now.text not in words:
            return False
        following = self._tokens[self._at + 1]
        if following.kind == "keyword":
            starts_not_in = self._tokens[self._at + 2].text == "in"
            return following.text in ("true", "false") or (following.text == "not" and not starts_not_in)
        return following.kind in ("word", "text", "number", "percent", "date") or following.text == "("

    def _expect_word(self, word: str) -> None:
        if self._now.kind != "word" or self._now.text != word:
            found = f"`{self._now.text}`" if self._now.text else "the end"
            raise self._wrong(f"`{word}` is expected, not {found}", self._now.span, "if … then … else …")
        self._next()

    def _choice(self) -> Tree:
        start = self._next().start
        condition = self._either()
        self._expect_word("then")
        then = self._either()
        self._expect_word("else")
        otherwise = self._either()
        return IfTree(condition, then, otherwise, Span(start, otherwise.span.end))

    def _either(self) -> Tree:
        self._deeper()
        if self._is_before_a_value("if"):
            choice = self._choice()
            self._depth -= 1
            return choice
        left = self._both()
        while self._is("or"):
            self._next()
            left = self._binary("or", left, self._both())
        self._depth -= 1
        return left

    def _both(self) -> Tree:
        left = self._negation()
        while self._is("and"):
            self._next()
            left = self._binary("and", left, self._negation())
        return left

    def _negation(self) -> Tree:
        if self._is("not"):
            start = self._next().start
            self._deeper()
            inner = self._negation()
            self._depth -= 1
            return NotTree(inner, Span(start, inner.span.end))
        return self._test()

    def _test(self) -> Tree:
        left = self._sum()
        if self._is(*COMPARISONS):
            operator = self._next().text
            tree = self._binary(operator, left, self._sum())
            if self._is(*COMPARISONS):
                raise self._wrong("comparisons do not chain", self._now.span, "join two comparisons with `and`")
            return tree
        if self._is("in"):
            self._next()
            return self._binary("in", left, self._group())
        if self._is("not"):
            self._next()
            self._expect("in")
            inside = self._binary("in", left, self._group())
            return NotTree(inside, inside.span)
        if self._is("is"):
            return self._none_test(left)
        return left

    def _none_test(self, left: Tree) -> Tree:
        self._next()
        negated = self._is("not")
        if negated:
            self._next()
        end = self._expect("none").span.end
        test = NoneTest(left, Span(left.span.start, end))
        return NotTree(test, test.span) if negated else test

    def _group(self) -> Tree:
        if self._is("{"):
            start = self._next().start
            items = [self._sum()]
            while self._is(","):
                self._next()
                items.append(self._sum())
            return Braces(tuple(items), Span(start, self._expect("}").span.end))
        return self._factor()

    def _sum(self) -> Tree:
        left = self._product()
        for _operand in range(MOST_OPERANDS):
            if not self._is("+", "-"):
                return left
            operator = self._next().text
            left = self._binary(operator, left, self._product())
        raise self._wrong(f"a sum has at most {MOST_OPERANDS} parts", self._now.span)

    def _product(self) -> Tree:
        left = self._factor()
        for _operand in range(MOST_OPERANDS):
            if not self._is("*", "//"):
                return left
            operator = self._next().text
            left = self._binary(operator, left, self._factor())
        raise self._wrong(f"a product has at most {MOST_OPERANDS} parts", self._now.span)

    def _factor(self) -> Tree:
        token = self._next()
        match token.kind:
            case "word" if self._is("("):
                return self._call(token)
            case "word":
                return Word(token.text, token.span)
            case "text":
                return Literal(token.text[1:-1], False, token.span)
            case "number" if self._now.kind == "word" and self._now.text == "days":
                span = Span(token.start, self._next().span.end)
                if int(token.text) > MOST_DAYS:
                    raise self._wrong(f"a date is moved by at most {MOST_DAYS} days", span)
                return Days(int(token.text), span)
            case "number":
                return Literal(int(token.text), False, token.span)
            case "percent":
                whole, _, part = token.text[:-1].partition(".")
                return Literal(int(whole) * 100 + int(part.ljust(2, "0")), True, token.span)
            case "date":
                return Literal(self._date(token), False, token.span)
            case "keyword" if token.text in ("true", "false"):
                return Literal(token.text == "true", False, token.span)
            case "sign" if token.text == "(":
                inner = self._either()
                self._expect(")")
                return inner
            case "sign" if token.text == "[":
                return self._list(token.start)
        found = f"`{token.text}`" if token.text else "the end of the expression"
        raise self._wrong(f"a fact, a value or `(` is expected, not {found}", token.span)

    def _date(self, token: Token) -> datetime.date:
        try:
            day = datetime.date.fromisoformat(token.text)
        except ValueError:
            raise self._wrong(f"`{token.text}` is no day of the calendar", token.span) from None
        if not is_nameable(day):
            raise self._wrong(f"`{token.text}` lies outside {FIRST_DAY} to {LAST_DAY}", token.span)
        return day

    def _call(self, name: Token) -> Tree:
        self._expect("(")
        arguments = [self._argument()]
        where = None
        while self._is(","):
            self._next()
            arguments.append(self._argument())
        if self._is("where"):
            self._next()
            where = self._either()
        end = self._expect(")").span.end
        return Call(name.text, tuple(arguments), where, Span(name.start, end))

    def _argument(self) -> Tree:
        if not self._is_before_a_value(*MARKS):
            return self._either()
        word = self._next()
        inner = self._either()
        return Marked(word.text, inner, Span(word.start, inner.span.end))

    def _list(self, start: int) -> Tree:
        items = [self._either()]
        while self._is(","):
            self._next()
            items.append(self._either())
        return ListTree(tuple(items), Span(start, self._expect("]").span.end))

    def _binary(self, operator: str, left: Tree, right: Tree) -> Binary:
        return Binary(operator, left, right, Span(left.span.start, right.span.end))
