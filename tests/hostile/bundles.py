"""Folders of a policy that are hostile as a whole: circles, names without end, lists without end, bombs of names."""

from __future__ import annotations

from collections.abc import Iterator

from tests.hostile.bundle_bounds import bounds
from tests.hostile.folder_pieces import (
    CITES,
    FACT,
    HOME,
    TITLE,
    Files,
    case,
    catalogue,
    counted,
    definition,
    facts,
    layer,
    rule,
    rules,
    table,
    versions,
)
from tests.hostile.running import Case
from tests.hostile.small_world import bundle


def warm_up() -> object:
    """What every case needs."""
    return bundle({})


def cases() -> Iterator[Case]:
    """All cases."""
    yield from _of_rules()
    yield from _of_names()
    yield from _of_declarations()
    yield from _of_layers()
    yield from bounds()


def _of_rules() -> Iterator[Case]:
    yield case("a circle of three overrides", lambda: _circle(3), ("override-circle", f"{HOME}/r0.yaml:8:12"))
    yield case("a circle of two hundred overrides", lambda: _circle(200), ("override-circle", f"{HOME}/r0.yaml:8:12"))
    yield case("a hundred rules that all override each other", _everybody, _FULL, and_more=True)
    yield case(
        "twenty thousand overrides of nothing",
        lambda: rules(rule("large", more=f"overrides: [{counted(20_000)}]\n")),
        ("too-many", f"{HOME}/large.yaml:8:12"),
    )
    yield case(
        "a thousand overrides of nothing",
        lambda: rules(rule("large", more=f"overrides: [{counted(1_000)}]\n")),
        ("override-of-nothing", f"{HOME}/large.yaml:8:12"),
        and_more=True,
    )
    yield case(
        "a circle of fifty findings",
        lambda: rules(*(rule(f"r{at}", f"f{(at + 1) % 50}", f"{{finding: f{at}}}") for at in range(50))),
        ("finding-circle", f"{HOME}/r0.yaml:1:7"),
    )
    yield case(
        "twenty thousand versions",
        lambda: rules(versions(20_000)),
        ("too-many", f"{HOME}/many-versions.yaml:9:3"),
    )
    yield case(
        "a hundred versions that all overlap",
        lambda: rules(rule("many-versions", more="versions:\n" + "  - {from: 2000-01-01}\n" * 100)),
        ("unknown-field", f"{HOME}/many-versions.yaml:5:33"),
        and_more=True,
    )
    yield case(
        "two thousand rules of one name",
        lambda: {f"{HOME}/d{at:05}/same.yaml": rule("same").encode() for at in range(2_000)},
        ("duplicate-rule", f"{HOME}/d00001/same.yaml:1:1"),
        and_more=True,
        seconds=30,
    )
    yield case(
        "four thousand examples of no claim",
        lambda: rules(rule("large", more="examples:\n" + '  - {it: x, from: no, fires: "yes"}\n' * 4_000)),
        ("unknown-claim", f"{HOME}/large.yaml:9:5"),
        and_more=True,
        seconds=8,
    )
    yield case(
        "twenty thousand fields that no rule has",
        lambda: rules(rule("large", more="".join(f"k{at}: 1\n" for at in range(20_000)))),
        ("unknown-field", f"{HOME}/large.yaml:8:1"),
        and_more=True,
        seconds=4,
    )
    yield case(
        "a hundred thousand citations of nothing",
        lambda: rules(rule("large").replace(CITES, f"cites: [{'a,' * 100_000}]")),
        ("wrong-shape", f"{HOME}/large.yaml:3:9"),
        and_more=True,
        seconds=8,
    )


def _of_names() -> Iterator[Case]:
    tests = "(encounter.emergency or line.amount_fen > 1)"
    wide, again = definition("wide", " and ".join([tests] * 30)), " and ".join(["wide"] * 300)
    yield case(
        "named conditions that double and double",
        lambda: {
            f"{HOME}/wide.yaml": wide.encode(),
            **rules(rule("large", " and ".join(["again"] * 200), more=f"let: {{again: {again}}}\n")),
        },
        ("unknown-field", f"{HOME}/large.yaml:6:7"),
        ("expression-too-long", f"{HOME}/large.yaml:8:14"),
        seconds=4,
    )
    yield case(
        "a condition that holds in more ways than can be written down",
        lambda: {
            f"{HOME}/wide.yaml": wide.encode(),
            **rules(rule("large", " and ".join(["wide"] * 9))),
        },
        ("too-many-alternatives", f"{HOME}/large.yaml:1:7"),
    )
    yield case(
        "a condition in brackets four hundred deep",
        lambda: rules(rule("large", "(" * 400 + "encounter.emergency" + ")" * 400)),
        ("expression-too-deep", f"{HOME}/large.yaml:6:31"),
    )
    yield case(
        "a condition denied four hundred times",
        lambda: rules(rule("large", "not " * 400 + "encounter.emergency")),
        ("expression-too-deep", f"{HOME}/large.yaml:6:103"),
    )
    yield case(
        "a condition of two hundred alternatives about one-letter facts",
        lambda: {
            **facts("".join(f"  {letter}: {{{FACT}}}\n" for letter in "abc")),
            **rules(rule("large", "a or b or " * 60 + "c")),
        },
        ("too-many-alternatives", f"{HOME}/large.yaml:1:7"),
    )
    yield case(
        "a sum of one-letter facts",
        lambda: {
            **facts(
                "  a: {type: integer, low: 0, high: 9, title: {zh: 甲, en: A}, meaning: {zh: 甲, en: A}, source: S0}\n"
            ),
            **rules(rule("large", "+".join(["a"] * 900) + " > 1")),
        },
        ("expression-syntax", f"{HOME}/large.yaml:6:88"),
    )
    yield case(
        "a word as long as an expression",
        lambda: rules(rule("large", "a" * 2_000)),
        ("unknown-field", f"{HOME}/large.yaml:6:7"),
    )
    yield case(
        "a date moved beyond the calendar",
        lambda: rules(rule("large", "line.charged_on + 999999999999999999 days > 2024-01-01")),
        ("expression-syntax", f"{HOME}/large.yaml:6:25"),
    )


def _of_declarations() -> Iterator[Case]:
    code = "  - {{code: k{}, title: {{zh: 甲, en: A}}, from: 2000-01-01}}\n"
    yield case(
        "a code table of a hundred thousand rows",
        lambda: table("".join(map(code.format, range(100_000)))),
        ("yaml-too-large", "policy/tables/large.yaml:1:1"),
    )
    yield case(
        "a code table of seventy thousand short rows",
        lambda: table("  - {code: k}\n" * 70_000),
        ("yaml-too-many-nodes", "policy/tables/large.yaml:66667:6"),
        seconds=8,
    )
    yield case(
        "a code table of eight thousand rows",
        lambda: table("".join(map(code.format, range(8_000)))),
        seconds=16,
    )
    yield case(
        "four thousand rows of one code",
        lambda: table(code.format("") * 4_000),
        ("duplicate-code", "policy/tables/large.yaml:6:12"),
        and_more=True,
        seconds=16,
    )
    yield case(
        "ten thousand rows of one day and code",
        lambda: catalogue("  - {code: a, from: 2000-01-01}\n" * 10_000),
        ("overlapping-dates", f"{HOME}/large.yaml:8:5"),
        and_more=True,
        seconds=8,
    )
    yield case(
        "a row of ten thousand cells",
        lambda: catalogue(f"  - {{code: a, from: 2000-01-01, {', '.join(f'k{at}: 1' for at in range(10_000))}}}\n"),
        ("unknown-field", f"{HOME}/large.yaml:7:33"),
        and_more=True,
        seconds=4,
    )
    yield case(
        "a thousand facts that inherit nothing",
        lambda: facts("".join(f"  k{at}: {{inherits: none{at}, {FACT}}}\n" for at in range(1_000)), "line"),
        ("unknown-fact", "policy/facts/large.yaml:4:3"),
        and_more=True,
        seconds=8,
    )
    yield case(
        "a path of nine thousand words",
        lambda: facts(f"  seen: {{{FACT}}}\n", ".".join(["a"] * 9_000)),
        ("wrong-path", "policy/facts/large.yaml:1:8"),
    )
    yield case(
        "three hundred objects, each in the one before",
        lambda: {
            f"policy/facts/o{depth:03}.yaml": (
                f"facts: {'.'.join(['a'] * depth)}\n{TITLE}\nmeaning: {{zh: 甲, en: A}}\nsource: S0\nfields: {{}}\n"
            ).encode()
            for depth in range(1, 300)
        },
        ("wrong-path", "policy/facts/o009.yaml:1:8"),
        and_more=True,
        seconds=4,
    )
    yield case(
        "a fact whose name is a keyword of Python, in a line",
        lambda: facts(f"  lambda: {{{FACT}}}\n", "line"),
        ("wrong-path", "policy/facts/large.yaml:4:3"),
    )


def _of_layers() -> Iterator[Case]:
    yield case(
        "two layers that extend each other",
        lambda: {**layer("990100", "990200"), **layer("990200", "990100")},
        ("layer-extends", "policy/990100/layer.yaml:1:1"),
        and_more=True,
    )
    yield case(
        "a layer that extends itself",
        lambda: layer("990100", "990100"),
        ("layer-extends", "policy/990100/layer.yaml:1:1"),
    )
    yield case(
        "a layer named by a path",
        lambda: layer("../../x", "national", "990100"),
        ("wrong-type", "policy/990100/layer.yaml:1:8"),
    )
    yield case(
        "a layer named in full-width digits",
        lambda: layer("９９０１００", "national", "990100"),
        ("wrong-type", "policy/990100/layer.yaml:1:8"),
    )
    yield case(
        "a second national layer",
        lambda: {"policy/other/layer.yaml": f"layer: national\n{TITLE}\n".encode()},
        ("duplicate-name", "policy/other/layer.yaml:1:1"),
    )
    yield case(
        "a rule in no layer",
        lambda: {"elsewhere/large.yaml": rule("large").encode()},
        ("no-layer", "elsewhere/large.yaml:1:1"),
    )
    for name, text, code in (
        ("a claim that nests fifty thousand deep", '{"a":' * 50_000 + "1" + "}" * 50_000, "json-too-deep"),
        ("a claim of a hundred thousand lists", '{"a": [' + "[]," * 100_000 + "[]]}", "json-too-large"),
        ("a claim that is a list", "[]", "wrong-type"),
    ):
        yield case(
            name, lambda text=text: {"policy/claims/large.json": text.encode()}, (code, "policy/claims/large.json#")
        )
    yield case(
        "a claim that says one thing twice",
        lambda: {"policy/claims/large.json": b'{"lines": [{"line_id": "1", "amount_fen": 1, "amount_fen": 2}]}'},
        ("json-duplicate-key", "policy/claims/large.json#/lines/0/amount_fen"),
    )
    yield case(
        "a claim with a number that is none",
        lambda: {"policy/claims/large.json": b'{"lines": [{"line_id": "1", "amount_fen": NaN}]}'},
        ("wrong-type", "policy/claims/large.json#/lines/0/amount_fen"),
    )
    yield case(
        "two claims of one name",
        lambda: {"policy/claims/more/plain.json": b'{"lines": [{"line_id": "1"}]}'},
        ("duplicate-name", "policy/claims/plain.json:1:1"),
    )


_FULL = ("override-circle", f"{HOME}/r0.yaml:8:12")


def _circle(count: int) -> Files:
    return rules(*(rule(f"r{at}", more=f"overrides: [r{(at + 1) % count}]\n") for at in range(count)))


def _everybody() -> Files:
    names = [f"r{at}" for at in range(100)]
    return rules(
        *(rule(name, more=f"overrides: [{', '.join(other for other in names if other != name)}]\n") for name in names)
    )
