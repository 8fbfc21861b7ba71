"""A policy read for one claim alone decides it as the whole policy does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.bundled import decider, document, narrow_policy, policy
from yibao.api import Decider, load_policy_for, read_claim
from yibao.basics.problems import ProblemsFound
from yibao.basics.remembered import Remembered
from yibao.readers.policy import bundles
from yibao.readers.policy.bundles import load_policy

PLACES = sorted(name for name in policy().layers if name.isdigit())
DECIDED = ("inpatient-appendicitis", "outpatient-visit-2023", "hospital-stay-2023", "hospital-stay-2024")


@pytest.mark.parametrize("place", PLACES)
def test_a_claim_of_a_place_is_decided_alike(place: str) -> None:
    for base in DECIDED:
        for treated in (place, "310000"):
            claim = document(base, insured__insured_area=place, encounter__treatment_area=treated)
            content = json.dumps(claim).encode()
            narrow = narrow_policy(content)
            own, whole = read_claim(content, narrow), read_claim(content, policy())
            assert Decider(narrow).decide(own) == decider().decide(whole), base


def test_a_claim_that_does_not_name_its_places_is_decided_alike() -> None:
    for missing in ("insured__insured_area", "encounter__treatment_area"):
        content = json.dumps(document("hospital-stay-2023", **{missing: ...})).encode()
        narrow = narrow_policy(content)
        whole = decider().decide(read_claim(content, policy()))
        assert Decider(narrow).decide(read_claim(content, narrow)) == whole


def test_only_the_money_of_other_places_is_left_out() -> None:
    narrow, whole = narrow_policy(b'{"insured": {"insured_area": "440305"}}'), policy()
    assert {plan.layer for plan in narrow.plans if plan.layer.isdigit()} == {"440300"}
    assert {one.layer for one in narrow.parameters if one.layer.isdigit()} == {"440300"}
    assert (narrow.digest, narrow.rules, narrow.layers) == (whole.digest, whole.rules, whole.layers)
    assert narrow.catalogues == whole.catalogues


def test_a_claim_with_an_escape_has_the_whole_policy() -> None:
    assert narrow_policy(rb'{"insured": {"insured_area": "31000\u0030"}}').plans == policy().plans


def test_a_process_that_has_the_whole_policy_reads_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "_READ", Remembered(4))
    content = b'{"insured": {"insured_area": "440305"}}'
    assert {plan.layer for plan in load_policy_for(content).plans if plan.layer.isdigit()} == {"440300"}
    whole = load_policy()
    assert load_policy_for(content) is whole


def test_a_folder_of_an_author_is_read_whole(tmp_path: Path) -> None:
    extends = f"extends: {{bundle: yibao, digest: {policy().digest}}}"
    files = {
        "manifest.yaml": f"bundle: ours\ntitle: {{zh: 本省, en: Ours}}\n{extends}\n",
        "layer.yaml": 'layer: "130000"\nextends: national\ntitle: {zh: 河北省, en: Hebei}\n',
        "unfinished.yaml": "plan: unfinished\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsFound) as caught:
        load_policy_for(b"{}", tmp_path)
    assert {Path(problem.place.path).name for problem in caught.value.problems} == {"unfinished.yaml"}
