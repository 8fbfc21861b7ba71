"""`yibao demo`: a guided tour through the real commands, on the claims of the bundle. Nothing to prepare.

Each stop runs a command as a user would type it, in a temporary folder, and is held to its exit code.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import io
import json
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from yibao.basics.problems import Fault
from yibao.cli.options import add_common
from yibao.cli.output import DONE, REFUSED, UNDETERMINED, WRONG_INPUT, print_document

if TYPE_CHECKING:
    from yibao.model.policy import Policy

LOCAL = "inpatient-appendicitis"
AWAY = "out-of-province-inpatient"
BEAUTY = "medical-beauty-skin-care"
_CASE = "demo-1"


@frozen(kw_only=True)
class Stop:
    """One stop of the tour: what is shown, the command, and the exit code that it must end with."""

    zh: str
    en: str
    command: tuple[str, ...]
    exit_code: int
    quiet: bool = False


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("demo", help="a guided tour: a claim decided, a step refused, a decision reproduced")
    add_common(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    from yibao import api

    policy = api.load_policy(arguments.policy)
    shown: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        _write_documents(policy)
        for stop in _stops():
            shown.append(_take(stop, arguments))
    if arguments.json:
        print_document({"stops": shown})
    return DONE


def _take(stop: Stop, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run one stop: printed as it goes, or gathered with `--json`."""
    from yibao.cli.commands import main

    extra = ["--json"] if arguments.json else ["--lang", arguments.lang] if arguments.lang else []
    said, wrong = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(wrong):
        exit_code = main([*stop.command, *extra])
    if exit_code != stop.exit_code:
        raise Fault(f"`yibao {shlex.join(stop.command)}` ended with {exit_code}: {said.getvalue()}{wrong.getvalue()}")
    if arguments.json:
        return {
            "title": {"zh": stop.zh, "en": stop.en},
            "command": list(stop.command),
            "exit_code": exit_code,
            "output": json.loads(said.getvalue()),
        }
    if not stop.quiet:
        title = {"zh": stop.zh, "en": stop.en}.get(arguments.lang or "", f"{stop.zh} · {stop.en}")
        print(f"\n━━ {title}\n$ yibao {shlex.join(stop.command)}")
        print((said.getvalue() + wrong.getvalue()).rstrip())
    return {}


def _stops() -> Iterator[Stop]:
    yield Stop(
        zh="一、逐行裁决", en="1. A claim decided line by line", command=("decide", "claim.json"), exit_code=DONE
    )
    yield Stop(
        zh="二、排除，并引用条文",
        en="2. Excluded, with the article",
        command=("decide", "eyelids.json"),
        exit_code=DONE,
    )
    yield Stop(
        zh="三、不能确定：指出要问什么",
        en="3. Undetermined: what to ask",
        command=("decide", "unknown.json"),
        exit_code=UNDETERMINED,
    )
    yield Stop(
        zh="四、字段拼错：给出提示",
        en="4. A misspelt field, with a hint",
        command=("decide", "misspelt.json"),
        exit_code=WRONG_INPUT,
    )
    yield Stop(
        zh="五、两个地区：第一个地区",
        en="5. Two regions differ: the first",
        command=("decide", "skin-care.json"),
        exit_code=DONE,
    )
    yield Stop(
        zh="五、两个地区：第二个地区",
        en="5. Two regions differ: the second",
        command=("decide", "skin-care-elsewhere.json"),
        exit_code=DONE,
    )
    yield from _case_stops()


def _case_stops() -> Iterator[Stop]:
    journal = ("--journal", "journal.sqlite")

    def step(event: str, at: str, zh: str, en: str, exit_code: int = DONE, quiet: bool = False) -> Stop:
        data = ("--data", f"@{event}.json") if exit_code == DONE else ()
        command = ("case", "do", _CASE, event, *data, "--at", at, *journal)
        return Stop(zh=zh, en=en, command=command, exit_code=exit_code, quiet=quiet)

    opening = ("case", "open", AWAY, "--case", _CASE, "--data", "@open.json", "--at", "2024-02-26", *journal)
    yield Stop(zh="立案", en="A case opened", command=opening, exit_code=DONE, quiet=True)
    yield step("issue_referral", "2024-02-26", "转诊", "Referral", quiet=True)
    yield step(
        "settle", "2024-02-27", "六、跳过步骤：拒绝", "6. A skip refused: seal and registration are missing", REFUSED
    )
    yield step("affix_seals", "2024-02-27", "七、依次办理：通过", "7. The step that is due, accepted")
    yield Stop(zh="八、查看案件", en="8. The case shown", command=("case", "show", _CASE, *journal), exit_code=DONE)
    for event, at in (("register", "2024-02-28"), ("treat", "2024-03-15"), ("issue_invoice", "2024-03-15")):
        yield step(event, at, event, event, quiet=True)
    yield step("settle", "2024-03-20", "九、结算", "9. Settled", quiet=True)
    yield Stop(
        zh="九、由记录重现裁决",
        en="9. The decision reproduced from its record",
        command=("audit", "replay", *journal),
        exit_code=DONE,
    )


def _write_documents(policy: Policy) -> None:
    """The claims and event data of the tour, made from the bundle's complete claims."""
    local, beauty = (copy.deepcopy(dict(policy.claims[name])) for name in (LOCAL, BEAUTY))
    _write("claim", local)
    eyelids = copy.deepcopy(local)
    surgery = {
        "item_code": "T-DOUBLE-EYELID",
        "name": "双眼皮成形术",
        "category": "treatment_item",
        "catalogue_class": "C",
    }
    eyelids["lines"][0].update({**surgery, "purpose": "cosmetic"})
    _write("eyelids", eyelids)
    unknown = copy.deepcopy(local)
    del unknown["encounter"]["cause"]
    _write("unknown", unknown)
    misspelt = copy.deepcopy(local)
    misspelt["lines"][0]["purpos"] = misspelt["lines"][0].pop("purpose")
    _write("misspelt", misspelt)
    _write("skin-care", beauty)
    elsewhere = copy.deepcopy(beauty)
    elsewhere["insured"]["insured_area"] = elsewhere["encounter"]["treatment_area"] = "990200"
    _write("skin-care-elsewhere", elsewhere)
    for event, data in _event_data(policy.claims[AWAY]).items():
        _write(event, data)


def _event_data(claim: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The out-of-province claim, as it becomes known step by step."""
    filing, encounter = dict(claim["filing"]), dict(claim["encounter"])
    referral = dict(filing.pop("referral"))
    seals = referral.pop("seals")
    return {
        "open": {
            "claim_id": claim["claim_id"],
            "procedure": claim["procedure"],
            "insured": claim["insured"],
            "history": claim["history"],
            "account": claim["account"],
            "third_party": claim["third_party"],
        },
        "issue_referral": {"filing": {"referral": referral}, "documents": ["referral_certificate"]},
        "affix_seals": {"filing": {"referral": {"seals": seals}}},
        "register": {"filing": filing},
        "treat": {"encounter": {key: value for key, value in encounter.items() if key != "settled_on"}},
        "issue_invoice": {"invoice": claim["invoice"], "lines": claim["lines"], "documents": ["hospital_invoice"]},
        "settle": {
            "encounter": {"settled_on": encounter["settled_on"]},
            "documents": claim["documents"],
        },
    }


def _write(name: str, document: Mapping[str, Any]) -> None:
    Path(f"{name}.json").write_text(json.dumps(document, ensure_ascii=False, indent=2), "utf-8")
