"""The stops of the guided tour: what each shows, the command as a user would type it, and how that has to end.

The files that the commands name are written by `yibao.cli.tour_documents`; `yibao.cli.demo` runs the commands.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from yibao.cli.output import DONE, REFUSED, UNDETERMINED, WRONG_INPUT
from yibao.model.facts import Title

CHART = "out-of-province-inpatient"
_CASE = "demo-1"
_JOURNAL = ("--journal", "journal.sqlite")


@frozen(kw_only=True)
class Stop:
    """One stop of the tour. A quiet one is only on the way to the next, and printed nowhere but with `--json`."""

    title: Title
    command: tuple[str, ...]
    exit_code: int
    quiet: bool


def stops() -> Iterator[Stop]:
    """The whole tour."""
    yield from _claims()
    yield from _case()
    yield _shown(
        Title(zh="九、复核：由记录重新作出裁决", en="9. The decision reproduced from its record"),
        ("audit", "replay", *_JOURNAL),
    )


def _claims() -> Iterator[Stop]:
    yield _shown(
        Title(zh="一、逐行裁决并结算到分", en="1. A claim decided line by line and settled to the fen"),
        ("decide", "claim.json"),
    )
    yield _shown(Title(zh="二、排除，并列出依据", en="2. Excluded, with the article"), ("decide", "eyelids.json"))
    yield _shown(
        Title(zh="三、尚不能确定：还需要知道什么", en="3. Undetermined: what to ask"),
        ("decide", "unknown.json"),
        UNDETERMINED,
    )
    yield _shown(
        Title(zh="四、字段拼错：给出提示", en="4. A misspelt field, with a hint"),
        ("decide", "misspelt.json"),
        WRONG_INPUT,
    )
    yield _shown(
        Title(zh="五、两个地区：第一个地区", en="5. Two regions differ: the first"), ("decide", "skin-care.json")
    )
    yield _shown(
        Title(zh="五、两个地区：第二个地区", en="5. Two regions differ: the second"),
        ("decide", "skin-care-elsewhere.json"),
    )


def _case() -> Iterator[Stop]:
    opening = ("case", "open", CHART, "--case", _CASE, *_with("open"), "--at", "2024-02-26", *_JOURNAL)
    yield _quiet(opening)
    yield _quiet(_doing("issue_referral", "2024-02-26"))
    yield _shown(
        Title(zh="六、跳过步骤：不予办理，并指出缺少什么", en="6. A skipped step refused, and what is missing"),
        ("case", "do", _CASE, "settle", "--at", "2024-02-27", *_JOURNAL),
        REFUSED,
    )
    yield _shown(
        Title(zh="七、依次办理：予以办理", en="7. The step that is due, accepted"), _doing("affix_seals", "2024-02-27")
    )
    yield _shown(Title(zh="八、查看案件", en="8. The case shown"), ("case", "show", _CASE, *_JOURNAL))
    yield _quiet(_doing("register", "2024-02-28"))
    yield _quiet(_doing("treat", "2024-03-15"))
    yield _quiet(_doing("issue_invoice", "2024-03-15"))
    yield _quiet(_doing("settle", "2024-03-20"))


def _shown(title: Title, command: tuple[str, ...], exit_code: int = DONE) -> Stop:
    return Stop(title=title, command=command, exit_code=exit_code, quiet=False)


def _quiet(command: tuple[str, ...]) -> Stop:
    """A command that has to go well on the way; it is its own title."""
    said = " ".join(command[:4])
    return Stop(title=Title(zh=said, en=said), command=command, exit_code=DONE, quiet=True)


def _doing(event: str, at: str) -> tuple[str, ...]:
    return ("case", "do", _CASE, event, *_with(event), "--at", at, *_JOURNAL)


def _with(name: str) -> tuple[str, ...]:
    return ("--data", f"@{name}.json")
