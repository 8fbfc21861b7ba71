"""`python -m tests.bench`: compare every engine's answers, time them in turns, and print what is reached.

Progress goes to standard error, the tables to standard output. Ends with 1 when an answer was wrong; a missed target
is told, and is no failure, because a busy machine misses some.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from tests.bench.hostile import hostile_accounts, hostile_table
from tests.bench.memory import SHIPPED, WORKLOAD, Growth, growth_over
from tests.bench.processes import timed_processes
from tests.bench.replay import replay_table
from tests.bench.targets import targets, targets_table, times_table
from tests.bench.tasks import Effort, Timing
from tests.bench.workers import NoEngine, Opening, Worker
from yibao.cli.options import cores

# So many claims that what is remembered holds the profiles of all their lines: warm is warm.
WHOLE = Effort(claims=500, compared=10_000, rounds=7, shortest_s=0.3, longest_s=3.0)
QUICK = Effort(claims=200, compared=200, rounds=3, shortest_s=0.1, longest_s=1.0)
ENGINES = {
    "by hand": Opening("tests.bench.by_hand", "engine"),
    "yibao": Opening("tests.bench.yibao_tasks", "workload"),
    "yibao, shipped policy": Opening("tests.bench.yibao_tasks", "shipped"),
    "durable_rules": Opening("tests.bench.peers.durable_host", "engine"),
    "zen-engine": Opening("tests.bench.peers.zen_tables", "engine"),
    "OpenFisca": Opening("tests.bench.peers.openfisca", "engine"),
    "30 rules": Opening("tests.bench.many_rules", "engine", (30,)),
    "3,000 rules": Opening("tests.bench.many_rules", "engine", (3_000,)),
    "a plan by hand": Opening("tests.bench.settlement_tasks", "by_hand"),
    "yibao, a plan": Opening("tests.bench.settlement_tasks", "engine"),
    "OpenFisca, a plan": Opening("tests.bench.peers.openfisca_plan", "engine"),
}


def main() -> int:
    """Run what the arguments ask for."""
    arguments = _arguments()
    if arguments.replay:
        print(replay_table(arguments.events or (20_000 if arguments.quick else 1_000_000), cores(), _say))
        return 0
    effort = QUICK if arguments.quick else WHOLE
    workers = dict(_opened(effort, 60.0 if arguments.quick else 600.0))
    wrong = _compared(workers, effort)
    rounds = _timed(workers, effort)
    _say("whole processes")
    processes = timed_processes(5 if arguments.quick else 30)
    growths = _growths(arguments.memory_claims or (2_000 if arguments.quick else 100_000))
    print(times_table(rounds), targets_table(targets(rounds, processes, growths)), sep="\n\n")
    _say("hostile inputs")
    print("", hostile_table(hostile_accounts()), sep="\n")
    print("\n".join(wrong))
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure yibao beside other engines.")
    parser.add_argument("--quick", action="store_true", help="few claims and rounds, to see that everything runs")
    parser.add_argument("--memory-claims", type=int, metavar="N", help="claims of the memory runs (default 100,000)")
    parser.add_argument("--replay", action="store_true", help="the replay of a journal, and nothing else")
    parser.add_argument("--events", type=int, metavar="N", help="events of that journal (default 1,000,000)")
    return parser.parse_args()


def _opened(effort: Effort, longest_s: float) -> Iterator[tuple[str, Worker]]:
    for name, opening in ENGINES.items():
        try:
            worker = Worker(opening, effort, longest_s)
        except NoEngine as error:
            print(f"without {name}: {error}", flush=True)
            continue
        print(worker.title, flush=True)
        yield name, worker


def _compared(workers: dict[str, Worker], effort: Effort) -> list[str]:
    """Every answer that differs from the judge's; an engine that does not answer is left out from here on."""
    wrong = []
    for name in list(workers):
        _say(f"comparing {effort.compared * 10:,} lines: {name}")
        try:
            wrong += workers[name].compare()
        except NoEngine as error:
            print(f"without {name}: {error}", flush=True)
            del workers[name]
    said = f"{len(wrong)} wrong answers" if wrong else "no wrong answer"
    print(f"{effort.compared * 10:,} lines compared (whole documents: a twentieth of them), {said}\n", flush=True)
    return wrong


def _timed(workers: dict[str, Worker], effort: Effort) -> dict[str, list[Timing]]:
    """The rounds of every task. The engines take turns, so that a busy minute falls on all of them."""
    rounds: dict[str, list[Timing]] = {}
    for number in range(1, effort.rounds + 1):
        for name in list(workers):
            _say(f"round {number} of {effort.rounds}: {name}")
            try:
                for task, timing in workers[name].time().items():
                    rounds.setdefault(task, []).append(timing)
            except NoEngine as error:
                print(f"without {name}: {error}", flush=True)
                del workers[name]
    for worker in workers.values():
        worker.close()
    return rounds


def _growths(claims: int) -> dict[str, Growth]:
    found = {}
    for which in (WORKLOAD, SHIPPED):
        _say(f"memory over {claims:,} claims: {which}")
        found[which] = growth_over(which, claims)
    return found


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
