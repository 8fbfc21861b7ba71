"""Documents that are hostile as YAML: bombs, bytes that are no text, characters that can't be seen, and every bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.hostile.running import Case
from yibao.readers.documents.yaml_nodes import DEEPEST, LARGEST_BYTES, LONGEST_SCALAR, MOST_NODES, read_yaml

PATH = "bomb.yaml"
# A file at its bounds of size and nodes takes seconds to read, which is what it may cost to read it.
LARGE = 8.0


def warm_up() -> object:
    """What every case needs."""
    return read_yaml(b"a: {b: [c]}", PATH)


def cases() -> Iterator[Case]:
    """All cases."""
    yield from _refused(_BOMBS)
    yield from _refused(_BYTES)
    yield from _refused(_CHARACTERS)
    yield from _bounds()


_Hostile = dict[str, tuple[Callable[[], bytes], str, str]]

_BOMBS: _Hostile = {
    "a hundred thousand open brackets": (lambda: b"[" * 100_000, "yaml-too-deep", "1:33"),
    "a hundred thousand open braces": (lambda: b"{a: " * 100_000, "yaml-too-deep", "1:129"),
    "a hundred thousand lists in lists": (lambda: b"- " * 100_000, "yaml-too-deep", "1:65"),
    "a hundred thousand questions": (lambda: b"? " * 100_000, "yaml-too-deep", "1:65"),
    "a staircase of a thousand steps": (
        lambda: b"\n".join(b" " * step + b"a:" for step in range(1_000)),
        "yaml-too-deep",
        "33:33",
    ),
    "a bomb of merge keys": (
        lambda: b"a: {<<: {x: 1}}\n" + b"".join(b"b%d: {<<: [x, x]}\n" % step for step in range(5_000)),
        "yaml-merge-key",
        "1:5",
    ),
    "sixty thousand directives": (
        lambda: b"".join(b"%%TAG !a%d! x\n" % step for step in range(60_000)) + b"---\na: 1\n",
        "yaml-tag",
        "1:1",
    ),
    "directives after a document": (lambda: b"a: 1\n...\n%YAML 1.1\n---\nb: 1\n", "yaml-tag", "3:1"),
    "an anchor of nearly a megabyte": (lambda: b"a: &" + b"b" * 990_000 + b" c", "yaml-anchor", "1:4"),
    "an alias to nothing": (lambda: b"a: *b", "yaml-alias", "1:4"),
    "a key of nearly a megabyte": (lambda: b"a" * 990_000 + b": 1", "yaml-too-long", "1:1"),
    "a text of nearly a megabyte": (lambda: b"a: " + b"x " * 490_000, "yaml-too-long", "1:4"),
    "a text of three hundred thousand lines": (lambda: b"a:\n" + b" x\n" * 300_000, "yaml-too-long", "2:2"),
    "a quote that is open for half a megabyte": (lambda: b'"' + b"a\n" * 250_000, "yaml-syntax", "250001:1"),
    "two hundred thousand escapes": (lambda: b'a: "' + b"\\x41" * 200_000 + b'"', "yaml-too-long", "1:4"),
    "one key a hundred thousand times": (lambda: b"a: 1\n" * 100_000, "yaml-duplicate-key", "2:1"),
    "a key that comes back after twenty thousand others": (
        lambda: b"".join(b"k%d: 1\n" % step for step in range(20_000)) + b"k0: 1\n",
        "yaml-duplicate-key",
        "20001:1",
    ),
    "four hundred thousand empty entries": (lambda: b"-\n" * 400_000, "yaml-too-many-nodes", "200000:2"),
    "twenty thousand pairs in one line": (
        lambda: b"{" + b",".join(b"k%d: 1" % step for step in range(20_000)) + b", k0: 1}",
        "yaml-duplicate-key",
        "",
    ),
    "a hundred documents": (lambda: b"---\na: 1\n" * 100, "yaml-several-documents", "3:1"),
}

_BYTES: _Hostile = {
    "no byte at all": (lambda: b"", "yaml-empty", "1:1"),
    "only remarks": (lambda: b"#\n" * 400_000, "yaml-empty", "1:1"),
    "half of a character": (lambda: "a: 药".encode()[:-1], "yaml-not-utf8", "1:1"),
    "a zero in two bytes": (lambda: b"a: \xc0\x80", "yaml-not-utf8", "1:1"),
    "a surrogate as bytes": (lambda: b"a: \xed\xa0\x80", "yaml-not-utf8", "1:1"),
    "a character beyond the last one": (lambda: b"a: \xf4\x90\x80\x80", "yaml-not-utf8", "1:1"),
    "UTF-16": (lambda: "a: 1".encode("utf-16"), "yaml-not-utf8", "1:1"),
    "UTF-16 without a mark": (lambda: "a: 1".encode("utf-16-le"), "bad-text", "1:2"),
    "GB 18030": (lambda: "a: 医疗保险".encode("gb18030"), "yaml-not-utf8", "1:1"),
    "a program": (lambda: b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 100, "bad-text", "1:1"),
}

_CHARACTERS: _Hostile = {
    "a zero byte": (lambda: b"a: 1\nb: x\x00y", "bad-text", "2:5"),
    "a bell": (lambda: b"a: 1\nb: x\x07", "bad-text", "2:5"),
    "an escape sequence for the terminal": (lambda: b"a: \x1b[2J", "bad-text", "1:4"),
    "a zero byte as an escape": (lambda: b'a: "x\\0y"', "bad-text", "1:4"),
    "a terminal sequence as an escape": (lambda: b'a: "\\e[31m"', "bad-text", "1:4"),
    "a terminal sequence as an escape in a key": (lambda: b'"\\e[31m": 1', "bad-text", "1:1"),
    "half of a surrogate pair as an escape": (lambda: b'a: "\\ud800"', "yaml-syntax", "1:7"),
    "a character beyond the last one as an escape": (lambda: b'a: "\\UFFFFFFFF"', "yaml-syntax", "1:7"),
    "a mark that turns the writing round": (lambda: "a: b # \u202e c".encode(), "bad-text", "1:8"),
    "a mark that turns the writing round, as an escape": (lambda: b'a: "\\u202e"', "bad-text", "1:4"),
    "an isolate that is never closed": (lambda: "a: \u2067b".encode(), "bad-text", "1:4"),
    "a line break that an editor does not show": (lambda: "# no\u2028a: 1".encode(), "bad-text", "1:5"),
    "a paragraph break in a remark": (lambda: "# no\u2029a: 1".encode(), "bad-text", "1:5"),
    "a line break of a mainframe": (lambda: "# no\u0085a: 1".encode(), "bad-text", "1:5"),
    "a carriage return that hides a line": (lambda: b"# all is well\rthen: {admit: true}", "bad-text", "1:14"),
    "the character that is none": (lambda: "a: \uffff".encode(), "bad-text", "1:4"),
}


def _refused(hostile: _Hostile) -> Iterator[Case]:
    for name, (make, code, place) in hostile.items():
        where = place or f"1:{len(make()) - 5}"
        yield Case(name=name, make=make, read=_read, expected=((code, f"{PATH}:{where}"),), seconds=LARGE)


def _bounds() -> Iterator[Case]:
    """Each bound: what reaches it is read, and what passes it by one is refused."""
    for name, make, most, code, place in (
        ("bytes", lambda size: b"a: 1 #" + b"x" * (size - 6), LARGEST_BYTES, "yaml-too-large", "1:1"),
        ("levels", lambda size: b"[" * size + b"]" * size, DEEPEST, "yaml-too-deep", f"1:{DEEPEST + 1}"),
        ("characters of a text", lambda size: b"a: " + b"x" * size, LONGEST_SCALAR, "yaml-too-long", "1:4"),
        ("nodes", lambda size: b"[" + b"a," * (size - 1) + b"]", MOST_NODES, "yaml-too-many-nodes", ""),
    ):
        where = place or f"1:{2 * MOST_NODES}"
        yield Case(name=f"{most} {name}", make=lambda m=make, n=most: m(n), read=_read, expected=(), seconds=LARGE)
        yield Case(
            name=f"{most + 1} {name}",
            make=lambda m=make, n=most: m(n + 1),
            read=_read,
            expected=((code, f"{PATH}:{where}"),),
            seconds=LARGE,
        )


def _read(content: object) -> object:
    assert isinstance(content, bytes)
    return read_yaml(content, PATH)
