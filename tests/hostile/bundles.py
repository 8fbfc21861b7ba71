"""Folders of a policy that are hostile as a whole: circles, names without end, lists without end, bombs of names."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator, Mapping

from tests.hostile.running import Case, Complaint
from tests.hostile.small_world import bundle
from yibao.language.syntax import DEEPEST, MOST_DAYS, MOST_OPERANDS
from yibao.readers.answers_from_yaml import MOST_PARTS
from yibao.readers.declarations_from_yaml import MOST_ROWS_OF_A_CODE
from yibao.readers.facts_from_yaml import LONGEST_NAME, MOST_FACTS
from yibao.readers.rules_from_yaml import MOST_OVERRIDES, MOST_VERSIONS
from yibao.readers.tables_from_yaml import MOST_COLUMNS

Files = Mapping[str, bytes]
_HOME = "policy/national"
_TITLE = "title: {zh: 甲, en: A}"
_CITES = "cites: [{source: S0, grade: A}]"
_FACT = "type: bool, title: {zh: 甲, en: A}, meaning: {zh: 甲, en: A}, source: S0"
_DAY = datetime.date(2000, 1, 1)
_GOOD_FACTS = 11


def warm_up() -> object:
    """What every case needs."""
    return bundle({})


def cases() -> Iterator[Case]:
    """All cases."""
    yield from _of_rules()
    yield from _of_names()
    yield from _of_declarations()
    yield from _of_layers()
    yield from _bounds()


def rule(name: str, when: str = "line.purpose == cosmetic", then: str = "{admit: true}", more: str = "") -> str:
    """The text of a good rule of this name."""
    return (
        f"rule: {name}\n{_TITLE}\n{_CITES}\nabout: line\nin_force: {{by: line.charged_on, from: 2000-01-01}}\n"
        f"when: {when}\nthen: {then}\n{more}"
    )


def _rules(*texts: str) -> Files:
    names = [text.partition("\n")[0].partition(": ")[2] for text in texts]
    return {f"{_HOME}/{name}.yaml": text.encode() for name, text in zip(names, texts, strict=True)}


def _versions(count: int, shared: str = "") -> str:
    """A rule of so many versions, each in force for a day."""
    days = [_DAY + datetime.timedelta(days=number) for number in range(count + 1)]
    dated = "".join(f"  - {{from: {one}, to: {other}{shared}}}\n" for one, other in itertools.pairwise(days))
    text = rule("many-versions", more=f"versions:\n{dated}")
    return text.replace("in_force: {by: line.charged_on, from: 2000-01-01}", "in_force: {by: line.charged_on}")


def _definition(name: str, when: str) -> str:
    return f"definition: {name}\n{_TITLE}\nabout: line\nwhen: {when}\n"


def _table(rows: str, more: str = "") -> Files:
    return {"policy/tables/large.yaml": f"table: large\n{_TITLE}\nsource: S0\n{more}codes:\n{rows}".encode()}


def _catalogue(rows: str, columns: str = "[purpose]") -> Files:
    head = f"catalogue: large\n{_TITLE}\n{_CITES}\nby: line.charged_on\ncolumns: {columns}\nrows:\n"
    return {f"{_HOME}/large.yaml": (head + rows).encode()}


def _facts(fields: str, of: str = "claim") -> Files:
    return {"policy/facts/large.yaml": f"facts: {of}\nsource: S0\nfields:\n{fields}".encode()}


def _of_rules() -> Iterator[Case]:
    yield _case("a circle of three overrides", lambda: _circle(3), ("override-circle", f"{_HOME}/r0.yaml:8:12"))
    yield _case("a circle of two hundred overrides", lambda: _circle(200), ("override-circle", f"{_HOME}/r0.yaml:8:12"))
    yield _case("a hundred rules that all override each other", _everybody, _FULL, and_more=True)
    yield _case(
        "twenty thousand overrides of nothing",
        lambda: _rules(rule("large", more=f"overrides: [{_counted(20_000)}]\n")),
        ("too-many", f"{_HOME}/large.yaml:8:12"),
    )
    yield _case(
        "a thousand overrides of nothing",
        lambda: _rules(rule("large", more=f"overrides: [{_counted(1_000)}]\n")),
        ("override-of-nothing", f"{_HOME}/large.yaml:8:12"),
        and_more=True,
    )
    yield _case(
        "a circle of fifty findings",
        lambda: _rules(*(rule(f"r{at}", f"f{(at + 1) % 50}", f"{{finding: f{at}}}") for at in range(50))),
        ("finding-circle", f"{_HOME}/r0.yaml:1:7"),
    )
    yield _case(
        "twenty thousand versions",
        lambda: _rules(_versions(20_000)),
        ("too-many", f"{_HOME}/many-versions.yaml:9:3"),
    )
    yield _case(
        "a hundred versions that all overlap",
        lambda: _rules(rule("many-versions", more="versions:\n" + "  - {from: 2000-01-01}\n" * 100)),
        ("unknown-field", f"{_HOME}/many-versions.yaml:5:33"),
        and_more=True,
    )
    yield _case(
        "five thousand rules of one name",
        lambda: {f"{_HOME}/d{at:05}/same.yaml": rule("same").encode() for at in range(5_000)},
        ("duplicate-rule", f"{_HOME}/d00001/same.yaml:1:1"),
        and_more=True,
        seconds=30,
    )
    yield _case(
        "ten thousand examples of no claim",
        lambda: _rules(rule("large", more="examples:\n" + '  - {it: x, from: no, fires: "yes"}\n' * 10_000)),
        ("unknown-claim", f"{_HOME}/large.yaml:9:5"),
        and_more=True,
        seconds=8,
    )
    yield _case(
        "twenty thousand fields that no rule has",
        lambda: _rules(rule("large", more="".join(f"k{at}: 1\n" for at in range(20_000)))),
        ("unknown-field", f"{_HOME}/large.yaml:8:1"),
        and_more=True,
        seconds=4,
    )
    yield _case(
        "a hundred thousand citations of nothing",
        lambda: _rules(rule("large").replace(_CITES, f"cites: [{'a,' * 100_000}]")),
        ("wrong-shape", f"{_HOME}/large.yaml:3:9"),
        and_more=True,
        seconds=8,
    )


def _of_names() -> Iterator[Case]:
    tests = "(encounter.emergency or line.amount_fen > 1)"
    wide, again = _definition("wide", " and ".join([tests] * 30)), " and ".join(["wide"] * 300)
    yield _case(
        "named conditions that double and double",
        lambda: {
            f"{_HOME}/wide.yaml": wide.encode(),
            **_rules(rule("large", " and ".join(["again"] * 200), more=f"let: {{again: {again}}}\n")),
        },
        ("unknown-field", f"{_HOME}/large.yaml:6:7"),
        ("expression-too-long", f"{_HOME}/large.yaml:8:14"),
        seconds=4,
    )
    yield _case(
        "a condition that holds in more ways than can be written down",
        lambda: {
            f"{_HOME}/wide.yaml": wide.encode(),
            **_rules(rule("large", " and ".join(["wide"] * 9))),
        },
        ("too-many-alternatives", f"{_HOME}/large.yaml:1:7"),
    )
    yield _case(
        "a condition in brackets four hundred deep",
        lambda: _rules(rule("large", "(" * 400 + "encounter.emergency" + ")" * 400)),
        ("expression-too-deep", f"{_HOME}/large.yaml:6:31"),
    )
    yield _case(
        "a condition denied four hundred times",
        lambda: _rules(rule("large", "not " * 400 + "encounter.emergency")),
        ("expression-too-deep", f"{_HOME}/large.yaml:6:103"),
    )
    yield _case(
        "a condition of two hundred alternatives about one-letter facts",
        lambda: {
            **_facts("".join(f"  {letter}: {{{_FACT}}}\n" for letter in "abc")),
            **_rules(rule("large", "a or b or " * 60 + "c")),
        },
        ("too-many-alternatives", f"{_HOME}/large.yaml:1:7"),
    )
    yield _case(
        "a sum of one-letter facts",
        lambda: {
            **_facts(
                "  a: {type: integer, low: 0, high: 9, title: {zh: 甲, en: A}, meaning: {zh: 甲, en: A}, source: S0}\n"
            ),
            **_rules(rule("large", "+".join(["a"] * 900) + " > 1")),
        },
        ("expression-syntax", f"{_HOME}/large.yaml:6:88"),
    )
    yield _case(
        "a word as long as an expression",
        lambda: _rules(rule("large", "a" * 2_000)),
        ("unknown-field", f"{_HOME}/large.yaml:6:7"),
    )
    yield _case(
        "a date moved beyond the calendar",
        lambda: _rules(rule("large", "line.charged_on + 999999999999999999 days > 2024-01-01")),
        ("expression-syntax", f"{_HOME}/large.yaml:6:25"),
    )


def _of_declarations() -> Iterator[Case]:
    code = "  - {{code: k{}, title: {{zh: 甲, en: A}}, from: 2000-01-01}}\n"
    yield _case(
        "a code table of a hundred thousand rows",
        lambda: _table("".join(map(code.format, range(100_000)))),
        ("yaml-too-large", "policy/tables/large.yaml:1:1"),
    )
    yield _case(
        "a code table of seventy thousand short rows",
        lambda: _table("  - {code: k}\n" * 70_000),
        ("yaml-too-many-nodes", "policy/tables/large.yaml:66667:6"),
        seconds=8,
    )
    yield _case(
        "a code table of sixteen thousand rows",
        lambda: _table("".join(map(code.format, range(16_000)))),
        seconds=16,
    )
    yield _case(
        "sixteen thousand rows of one code",
        lambda: _table(code.format("") * 16_000),
        ("duplicate-code", "policy/tables/large.yaml:6:12"),
        and_more=True,
        seconds=16,
    )
    yield _case(
        "twenty thousand rows of one day and code",
        lambda: _catalogue("  - {code: a, from: 2000-01-01}\n" * 20_000),
        ("overlapping-dates", f"{_HOME}/large.yaml:8:5"),
        and_more=True,
        seconds=8,
    )
    yield _case(
        "a row of ten thousand cells",
        lambda: _catalogue(f"  - {{code: a, from: 2000-01-01, {', '.join(f'k{at}: 1' for at in range(10_000))}}}\n"),
        ("unknown-field", f"{_HOME}/large.yaml:7:33"),
        and_more=True,
        seconds=4,
    )
    yield _case(
        "a thousand facts that inherit nothing",
        lambda: _facts("".join(f"  k{at}: {{inherits: none{at}, {_FACT}}}\n" for at in range(1_000)), "line"),
        ("unknown-fact", "policy/facts/large.yaml:4:3"),
        and_more=True,
        seconds=8,
    )
    yield _case(
        "a path of nine thousand words",
        lambda: _facts(f"  seen: {{{_FACT}}}\n", ".".join(["a"] * 9_000)),
        ("wrong-path", "policy/facts/large.yaml:1:8"),
    )
    yield _case(
        "three hundred objects, each in the one before",
        lambda: {
            f"policy/facts/o{depth:03}.yaml": (
                f"facts: {'.'.join(['a'] * depth)}\n{_TITLE}\nmeaning: {{zh: 甲, en: A}}\nsource: S0\nfields: {{}}\n"
            ).encode()
            for depth in range(1, 300)
        },
        ("wrong-path", "policy/facts/o009.yaml:1:8"),
        and_more=True,
        seconds=4,
    )
    yield _case(
        "a fact whose name is a keyword of Python, in a line",
        lambda: _facts(f"  lambda: {{{_FACT}}}\n", "line"),
        ("wrong-path", "policy/facts/large.yaml:4:3"),
    )


def _of_layers() -> Iterator[Case]:
    yield _case(
        "two layers that extend each other",
        lambda: {**_layer("990100", "990200"), **_layer("990200", "990100")},
        ("layer-extends", "policy/990100/layer.yaml:1:1"),
        and_more=True,
    )
    yield _case(
        "a layer that extends itself",
        lambda: _layer("990100", "990100"),
        ("layer-extends", "policy/990100/layer.yaml:1:1"),
    )
    yield _case(
        "a layer named by a path",
        lambda: _layer("../../x", "national", "990100"),
        ("wrong-type", "policy/990100/layer.yaml:1:8"),
    )
    yield _case(
        "a layer named in full-width digits",
        lambda: _layer("９９０１００", "national", "990100"),
        ("wrong-type", "policy/990100/layer.yaml:1:8"),
    )
    yield _case(
        "a second national layer",
        lambda: {"policy/other/layer.yaml": f"layer: national\n{_TITLE}\n".encode()},
        ("duplicate-name", "policy/other/layer.yaml:1:1"),
    )
    yield _case(
        "a rule in no layer",
        lambda: {"elsewhere/large.yaml": rule("large").encode()},
        ("no-layer", "elsewhere/large.yaml:1:1"),
    )
    for name, text, code in (
        ("a claim that nests fifty thousand deep", '{"a":' * 50_000 + "1" + "}" * 50_000, "json-too-deep"),
        ("a claim of a hundred thousand lists", '{"a": [' + "[]," * 100_000 + "[]]}", "json-too-large"),
        ("a claim that is a list", "[]", "wrong-type"),
    ):
        yield _case(
            name, lambda text=text: {"policy/claims/large.json": text.encode()}, (code, "policy/claims/large.json#")
        )
    yield _case(
        "a claim that says one thing twice",
        lambda: {"policy/claims/large.json": b'{"lines": [{"line_id": "1", "amount_fen": 1, "amount_fen": 2}]}'},
        ("json-duplicate-key", "policy/claims/large.json#/lines/0/amount_fen"),
    )
    yield _case(
        "a claim with a number that is none",
        lambda: {"policy/claims/large.json": b'{"lines": [{"line_id": "1", "amount_fen": NaN}]}'},
        ("wrong-type", "policy/claims/large.json#/lines/0/amount_fen"),
    )
    yield _case(
        "two claims of one name",
        lambda: {"policy/claims/more/plain.json": b'{"lines": [{"line_id": "1"}]}'},
        ("duplicate-name", "policy/claims/plain.json:1:1"),
    )


def _bounds() -> Iterator[Case]:
    """Each bound: what reaches it is read, and what passes it by one is refused."""
    line = "  - {{code: a, from: {}, to: {}}}\n"

    def rows(count: int) -> Files:
        days = [_DAY + datetime.timedelta(days=number) for number in range(count + 1)]
        return _catalogue("".join(line.format(one, other) for one, other in itertools.pairwise(days)))

    def columns(count: int) -> Files:
        return _catalogue("  - {code: a, from: 2000-01-01}\n", f"[{_counted(count)}]")

    def facts(count: int) -> Files:
        fields = "".join(f"  k{at}: {{{_FACT}}}\n" for at in range(count - _GOOD_FACTS))
        return {"policy/facts/the-last.yaml": f"facts: claim\nsource: S0\nfields:\n{fields}".encode()}

    def text(count: int) -> Files:
        return _rules(
            rule("large", "encounter.emergency".ljust(count - 1) + " ", more="")
            .replace("when: ", "when: '")
            .replace("\nthen", "'\nthen")
        )

    def ways(count: int) -> Files:
        return _rules(rule("large", " or ".join(f"line.amount_fen > {at}" for at in range(count))))

    def things(count: int) -> Files:
        tests = [f"line.amount_fen > {at}" for at in range(count)]
        half = f"let: {{half: {' and '.join(tests[:60])}}}\n"
        return _rules(rule("large", " and ".join(["half", *tests[60:]]), more=half))

    def parts(count: int) -> Files:
        # A test is three parts: what is compared, with what, and the comparison. A denial is one more.
        emergency, tests = "encounter.emergency", (count - 3) // 3
        eighty = _definition("eighty", " and ".join([emergency] * 80))
        rest = [emergency] * (tests - 8 * 80)
        for at in range(count - 1 - 3 * tests):
            rest[at] = f"not {emergency}"
        wanted = " and ".join(["eighty"] * 8 + rest)
        return {f"{_HOME}/eighty.yaml": eighty.encode(), **_rules(rule("large", wanted))}

    yield from _bound("things that a condition tests", 110, things, ("too-many-conditions", "1:7"))
    yield from _bound("parts of a condition", MOST_PARTS, parts, ("expression-too-long", "6:7"))
    yield from _bound(
        "brackets of an expression",
        DEEPEST - 1,
        lambda n: _rules(rule("large", "(" * n + "encounter.emergency" + ")" * n)),
        ("expression-too-deep", f"6:{7 + DEEPEST}"),
    )
    yield from _bound(
        "parts of a sum",
        MOST_OPERANDS,
        lambda n: _rules(rule("large", " + ".join(["line.amount_fen"] * n) + " > 1")),
        ("expression-syntax", "6:743"),
    )
    yield from _bound(
        "days that a date is moved by",
        MOST_DAYS,
        lambda n: _rules(rule("large", f"line.charged_on + {n} days > 2024-01-01")),
        ("expression-syntax", "6:25"),
    )
    yield from _bound(
        "overrides",
        MOST_OVERRIDES,
        lambda n: _rules(rule("large", more=f"overrides: [{', '.join(['good-rule'] * n)}]\n")),
        ("too-many", "8:12"),
    )
    yield from _bound(
        "versions", MOST_VERSIONS, lambda n: _rules(_versions(n).replace("many-versions", "large")), ("too-many", "9:3")
    )
    yield from _bound("rows of a code", MOST_ROWS_OF_A_CODE, rows, ("too-many", f"{7 + MOST_ROWS_OF_A_CODE}:5"))
    yield from _bound("columns", MOST_COLUMNS, columns, ("too-many", "5:10"))
    yield from _bound("ways in which a condition can hold", 60, ways, ("too-many-alternatives", "1:7"))
    yield from _bound("characters of an expression", 2_000, text, ("expression-too-long", "6:8"))
    yield from _bound("facts", MOST_FACTS, facts, ("too-many", "1:1"), "policy/facts/the-last.yaml")
    yield from _bound(
        "characters of the name of a fact",
        LONGEST_NAME,
        lambda n: _facts(f"  {'a' * n}: {{{_FACT}}}\n"),
        ("wrong-path", "4:3"),
        "policy/facts/large.yaml",
    )


_FULL = ("override-circle", f"{_HOME}/r0.yaml:8:12")


def _bound(
    name: str, most: int, make: Callable[[int], Files], problem: Complaint, at: str = f"{_HOME}/large.yaml"
) -> Iterator[Case]:
    code, where = problem
    yield _case(f"{most} {name}", lambda: make(most), seconds=16)
    yield _case(f"{most + 1} {name}", lambda: make(most + 1), (code, f"{at}:{where}"), and_more=True, seconds=16)


def _case(
    name: str, make: Callable[[], Files], *expected: Complaint, and_more: bool = False, seconds: float = 2.0
) -> Case:
    return Case(name=name, make=make, read=_read, expected=expected, and_more=and_more, seconds=seconds)


def _read(files: object) -> object:
    assert isinstance(files, dict)
    return bundle(files)


def _circle(count: int) -> Files:
    return _rules(*(rule(f"r{at}", more=f"overrides: [r{(at + 1) % count}]\n") for at in range(count)))


def _everybody() -> Files:
    names = [f"r{at}" for at in range(100)]
    return _rules(
        *(rule(name, more=f"overrides: [{', '.join(other for other in names if other != name)}]\n") for name in names)
    )


def _counted(count: int) -> str:
    return ", ".join(f"k{at}" for at in range(count))


def _layer(name: str, extends: str, folder: str | None = None) -> Files:
    return {f"policy/{folder or name}/layer.yaml": f'layer: "{name}"\n{_TITLE}\nextends: "{extends}"\n'.encode()}
