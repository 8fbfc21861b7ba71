"""`python -m tests.replay.record FOLDER`: what a release records, written by its own command line and kept for ever.

Scenarios that stand beside the charts are played, as many as it takes to have every event and every reason of a refusal
of each chart; then a settled case goes through everything that can be done to it. Times, actors and keys are fixed, so
that the same release writes the same bytes wherever it runs.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from yibao import api
from yibao.cli import main
from yibao.cli.output import DONE, REFUSED
from yibao.model.scenarios import Beside, Move, Scenario, TimePasses

OPENED_AT = "2024-01-01"
SETTLED = "shanghai-inpatient"
CLEARING = "direct-settlement"


class Recorder:
    """Types commands at one journal."""

    def __init__(self, journal: Path, scenarios: Mapping[str, Sequence[Scenario]]) -> None:
        self._journal, self._scenarios = journal, scenarios
        self._invoices = 0
        self._beside: dict[tuple[str, str], str] = {}

    def type(self, *words: str, refused: bool = False, data: object = None) -> dict[str, Any]:
        """Type one command of `yibao case`; its answer, which has to be the expected one."""
        given = [] if data is None else ["--data", json.dumps(data, ensure_ascii=False)]
        with redirect_stdout(StringIO()) as printed:
            code = main(["case", *words, *given, "--journal", str(self._journal), "--json"])
        if code != (REFUSED if refused else DONE):
            raise RuntimeError(f"{' '.join(words)} ended with {code}: {printed.getvalue()[:1000]}")
        answer: dict[str, Any] = json.loads(printed.getvalue())
        return answer

    def play(self, scenario: Scenario, case_id: str) -> None:
        """Play a scenario as a case of that name, and before it the cases that stand beside it."""
        names = {beside.case_id: self._play_beside(beside) for beside in scenario.beside}
        self._invoices += 1
        number = self._invoices
        opening = _renamed(scenario.opening, names, number)
        self.type("open", scenario.chart, "--case", case_id, "--at", OPENED_AT, data=opening)
        for move in scenario.moves:
            if isinstance(move, TimePasses):
                self.type("tick", "--case", case_id, "--at", move.day.isoformat())
                continue
            options = ["--at", move.at]
            options += [] if move.actor is None else ["--actor", move.actor]
            options += [] if move.key is None else ["--key", move.key]
            data = _renamed(move.data, names, number)
            self.type("do", case_id, move.event, *options, refused=move.refused is not None, data=data)

    def _play_beside(self, beside: Beside) -> str:
        """The name of the case that stands beside others, played when it is first asked for: one serves many."""
        where = (beside.chart, beside.plays)
        if where not in self._beside:
            self._beside[where] = f"{beside.chart}-beside-{len(self._beside) + 1}"
            own = next(each for each in self._scenarios[beside.chart] if each.sentence == beside.plays)
            self.play(own, self._beside[where])
        return self._beside[where]


def record(journal: Path, charts: Sequence[str] | None = None) -> None:
    """Record cases of the given charts, or of all, into a journal that is not there yet."""
    # The files are the same for every command, so that they are read once.
    with patch.object(api, "in_force", cache(api.in_force)):
        scenarios = api.in_force(None, None).scenarios()
        recorder = Recorder(journal, scenarios)
        for chart in sorted(scenarios) if charts is None else charts:
            for number, scenario in chosen(scenarios[chart]):
                recorder.play(scenario, f"{chart}-{number:03}")
        _settled_case(recorder)


def chosen(scenarios: Sequence[Scenario]) -> Iterator[tuple[int, Scenario]]:
    """The scenarios, with their numbers, that have an event or a reason of a refusal that none before them has."""
    seen: set[tuple[str, str | None]] = set()
    for number, scenario in enumerate(scenarios, start=1):
        shows = set(map(_shown, scenario.moves)) | {("ends", scenario.outcome)}
        if not shows <= seen:
            seen |= shows
            yield number, scenario


def in_one_file(journal: Path, target: Path) -> None:
    """Bring a journal into one file that is as small as it can be."""
    with sqlite3.connect(journal) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    connection.close()


def _shown(move: Move | TimePasses) -> tuple[str, str | None]:
    if isinstance(move, TimePasses):
        return "time passes", None
    return (move.event, None) if move.refused is None else (move.refused.reason, None)


def _renamed(value: Any, names: Mapping[str, str], number: int) -> Any:
    """Data with the names that cases have here, and an invoice of each case's own."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list | tuple):
        return [_renamed(each, names, number) for each in value]
    if isinstance(value, Mapping):
        renamed = {key: _renamed(each, names, number) for key, each in value.items()}
        if "issuer" in renamed and isinstance(renamed.get("number"), str):
            renamed["number"] = f"{renamed['number'][:30]}-{number}"
        return renamed
    return value


def _settled_case(recorder: Recorder) -> None:
    """A claim that is settled to the fen, and everything that can be done to it and be refused."""
    claim = {key: value for key, value in api.load_policy().claims[SETTLED].items() if key not in ("procedure",)}
    first, second, late = ("S-上海-1", "S-上海-2", "S-上海-3")
    for case_id in (first, second, late):
        recorder.type("open", CLEARING, "--case", case_id, "--at", "2024-02-18T09:00:00+08:00", "--key", "open")
    recorder.type("open", CLEARING, "--case", first, "--at", "2024-02-18", refused=True)
    recorder.type("open", "individual-account", "--case", first, "--at", "2024-02-18", refused=True, data={})
    at = ("--at", "2024-02-24T10:00:00+08:00", "--actor", "窗口-甲")
    recorder.type("do", first, "serve", *at, "--expect-version", "9", refused=True, data=claim)
    for case_id in (first, second):
        recorder.type("do", case_id, "serve", *at, "--key", "k-serve", "--expect-version", "1", data=claim)
    recorder.type("do", first, "settle", *at, "--key", "k-serve", refused=True)
    for _again in range(2):
        recorder.type("do", first, "settle", *at, "--key", "k-settle")
    recorder.type("do", second, "settle", *at, "--key", "k-settle", refused=True)
    later = ("--at", "2024-03-01", "--actor", "审核-乙")
    why = {"change": {"reason": "费用清单更正"}}
    dearer = {"lines": [{"line_id": "2", "amount_fen": 1000000}], "invoice": {"amount_fen": 1104650}}
    recorder.type("do", first, "redecide", *later, refused=True, data={**dearer, **why})
    injury = {"encounter": {"cause": "work_injury"}, "change": {"reason": "认定为工伤"}}
    recorder.type("do", first, "redecide", *later, data=injury)
    took = {"change": {"key": "k-settle", "reason": "医院撤销结算"}}
    recorder.type("do", first, "reverse", "--at", "2024-03-02", "--actor", "审核-乙", data=why)
    recorder.type("do", second, "settle", *at, "--key", "k-settle-2")
    unknown = {"change": {"key": "k-settle-2", "reason": "结算结果不明"}}
    recorder.type("do", second, "reverse_unknown", "--at", "2024-03-03", data=unknown)
    recorder.type("do", late, "reverse_unknown", "--at", "2024-03-03", data=took)
    recorder.type("do", late, "serve", *at, data=claim)
    recorder.type("do", late, "settle", *at, "--key", "k-settle", refused=True)
    recorder.type("do", late, "settle", *at, "--key", "k-settle-3")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / "being-recorded.sqlite"
    record(written)
    in_one_file(written, folder / "journal.sqlite")
    for left in folder.glob("being-recorded.sqlite*"):
        left.unlink()
