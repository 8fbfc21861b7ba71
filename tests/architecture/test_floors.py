"""What the import contracts can't see, found in the syntax of the engine: clocks, files, floats, silencers, size."""

import ast
import io
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "engine" / "yibao"
MODULES = sorted(ENGINE.rglob("*.py"))
DECIDERS = ("basics", "model", "language", "coverage", "procedure", "cases")
DOORS_TO_FILES = ("cli", "readers/documents/locate.py", "journal/sqlite.py")
CLOCK = {"now", "today", "utcnow"}
FILE_METHODS = {"read_bytes", "read_text", "write_bytes", "write_text"}
CODE_FROM_TEXT = {"__import__", "compile", "eval", "exec", "import_module"}
SILENCERS = ("noqa", "type: ignore", "pragma: no cover", "fmt: off", "TODO", "FIXME")
LONGEST_MODULE = 300
LONGEST_FUNCTION = 50

Finding = tuple[int, str]
Check = Callable[[str], Iterator[Finding]]


def called_names(source: str) -> Iterator[Finding]:
    """Each call by the last part of its name: `open` for `open(x)`, `now` for `datetime.datetime.now()`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.lineno, node.func.id
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.lineno, node.func.attr


def clock_readings(source: str) -> Iterator[Finding]:
    """`now`, `today` and `utcnow`, called or handed on."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in CLOCK:
            yield node.lineno, node.attr


def file_openings(source: str) -> Iterator[Finding]:
    """`open(…)` and the methods of a path that open it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
            yield node.lineno, "open"
    yield from ((line, name) for line, name in called_names(source) if name in FILE_METHODS)


def code_from_text(source: str) -> Iterator[Finding]:
    """Text or names turned into running code. `re.compile` is another thing."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id in CODE_FROM_TEXT:
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and node.attr in CODE_FROM_TEXT - {"compile"}:
            yield node.lineno, node.attr


def trust_without_check(source: str) -> Iterator[Finding]:
    """`trusted=True` switches the chart library's guards off."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == "trusted":
            yield node.value.lineno, "trusted"


def floats(source: str) -> Iterator[Finding]:
    """A float written down, or made by `float(…)`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield node.lineno, repr(node.value)
    yield from ((line, name) for line, name in called_names(source) if name == "float")


def silencers(source: str) -> Iterator[Finding]:
    """Comments that tell a tool to look away, or a reader to wait."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield from ((token.start[0], word) for word in SILENCERS if word in token.string)


def long_modules(source: str) -> Iterator[Finding]:
    """A module of more lines than one idea needs."""
    lines = source.count("\n")
    if lines > LONGEST_MODULE:
        yield lines, f"{lines} lines, at most {LONGEST_MODULE}"


def long_functions(source: str) -> Iterator[Finding]:
    """A function that no screen shows whole."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name} has {lines} lines, at most {LONGEST_FUNCTION}"


def missing_docstrings(source: str) -> Iterator[Finding]:
    """A module, or a public function of it, that doesn't say what it is for."""
    tree = ast.parse(source)
    if ast.get_docstring(tree) is None:
        yield 1, "the module"
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for function in functions:
        if not function.name.startswith("_") and ast.get_docstring(function) is None:
            yield function.lineno, function.name


def everywhere(_: str) -> bool:
    return True


def in_deciders(path: str) -> bool:
    return path.startswith(tuple(f"{name}/" for name in DECIDERS))


def outside_the_generators(path: str) -> bool:
    """The atoms of a program become one function, and so does a plan (docs/decisions/0014, 0021); nothing else is made
    from text."""
    return path not in ("coverage/conditions.py", "settlement/generating.py")


def below_the_doors_out(path: str) -> bool:
    return not path.startswith("cli/")


def behind_the_doors_to_files(path: str) -> bool:
    return not path.startswith(DOORS_TO_FILES)


@pytest.mark.parametrize(
    ("check", "holds_for"),
    [
        (clock_readings, below_the_doors_out),
        (file_openings, behind_the_doors_to_files),
        (code_from_text, outside_the_generators),
        (trust_without_check, everywhere),
        (floats, in_deciders),
        (silencers, everywhere),
        (long_modules, everywhere),
        (long_functions, everywhere),
        (missing_docstrings, everywhere),
    ],
    ids=lambda value: value.__name__.replace("_", " "),
)
def test_the_engine_has_none(check: Check, holds_for: Callable[[str], bool]) -> None:
    paths = [path for path in MODULES if holds_for(path.relative_to(ENGINE).as_posix())]
    assert paths
    found = [
        f"engine/yibao/{path.relative_to(ENGINE).as_posix()}:{line}: {what}"
        for path in paths
        for line, what in check(path.read_text(encoding="utf-8"))
    ]
    if found:
        pytest.fail("\n".join(found), pytrace=False)


@pytest.mark.parametrize(
    ("check", "source", "found"),
    [
        (clock_readings, "import datetime\nday = datetime.date.today()", [(2, "today")]),
        (clock_readings, "clock = datetime.datetime.now", [(1, "now")]),
        (clock_readings, "possible_now = case.possible_now", []),
        (file_openings, "with open(name) as file:\n    pass", [(1, "open")]),
        (file_openings, "text = folder.joinpath(name).read_text()", [(1, "read_text")]),
        (file_openings, "case = cases.open(chart)", []),
        (code_from_text, "engine = __import__('durable')", [(1, "__import__")]),
        (code_from_text, "run = exec", [(1, "exec")]),
        (code_from_text, "importlib.import_module(name)", [(1, "import_module")]),
        (code_from_text, "pattern = re.compile('[a-z]')", []),
        (trust_without_check, "chart = load(text, trusted=True)", [(1, "trusted")]),
        (floats, "rate = 0.8", [(1, "0.8")]),
        (floats, "rate = float(text)", [(1, "float")]),
        (floats, "rate = Fraction(4, 5)", []),
        (silencers, "x = 1  # noqa", [(1, "noqa")]),
        (silencers, "word = 'noqa'", []),
        (long_modules, "x = 1\n" * 300, []),
        (long_modules, "x = 1\n" * 301, [(301, "301 lines, at most 300")]),
        (long_functions, "def f():\n" + "    x = 1\n" * 49, []),
        (long_functions, "class A:\n  def f():\n" + "    x = 1\n" * 50, [(2, "f has 51 lines, at most 50")]),
        (missing_docstrings, "def decide():\n    pass", [(1, "the module"), (1, "decide")]),
        (missing_docstrings, "'''What for.'''\ndef _decide():\n    pass", []),
    ],
)
def test_a_check_finds_what_it_is_for_and_nothing_else(check: Check, source: str, found: list[Finding]) -> None:
    assert list(check(source)) == found
