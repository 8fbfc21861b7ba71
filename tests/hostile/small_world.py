"""The smallest bundle that is good: what a hostile file is put beside, so that all that is wrong is in that file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from yibao.basics.digest import digest_of_files
from yibao.language.parsing import Names
from yibao.model.policy import Policy
from yibao.readers.policy.bundle_documents import Source
from yibao.readers.policy.policy_from_yaml import policy_from_sources

_TEXTS: Mapping[str, str] = {
    "policy/manifest.yaml": "bundle: small\ntitle: {zh: 小, en: Small}\nextends: none\n",
    "policy/national/layer.yaml": "layer: national\ntitle: {zh: 全国, en: The nation}\n",
    "policy/national/nothing-admits.yaml": """\
closing: nothing-admits
title: {zh: 目录外, en: In no catalogue}
cites: [{source: S0, grade: A}]
reason: no_limb_applies
""",
    "policy/national/good-rule.yaml": """\
rule: good-rule
title: {zh: 治疗用药, en: Therapeutic care}
cites: [{source: S0, grade: A}]
about: line
in_force: {by: line.charged_on, from: 2000-01-01}
when: line.purpose == therapeutic
then: {admit: true}
""",
    "policy/national/listed.yaml": """\
catalogue: listed
title: {zh: 目录, en: Listed items}
cites: [{source: S0, grade: A}]
by: line.charged_on
columns: [purpose]
rows:
  - {code: X1, purpose: therapeutic, from: 2000-01-01}
""",
    "policy/questions/share.yaml": """\
question: share
title: {zh: 比例, en: Share}
kind: basis_points
combine: one
source: S0
""",
    "policy/tables/purpose.yaml": """\
table: purpose
title: {zh: 用途, en: Purpose}
source: S0
codes:
  - {code: therapeutic, title: {zh: 治疗, en: Therapeutic}, from: 2000-01-01}
  - {code: cosmetic, title: {zh: 美容, en: Cosmetic}, from: 2000-01-01}
""",
    "policy/tables/exclusion-reason.yaml": """\
table: exclusion-reason
title: {zh: 不予支付的理由, en: Reason}
source: S0
codes:
  - {code: no_limb_applies, title: {zh: 目录外, en: In no catalogue}, from: 2000-01-01}
""",
    "policy/tables/document.yaml": """\
table: document
title: {zh: 材料, en: Document}
source: S0
codes:
  - {code: id_card, title: {zh: 身份证, en: Identity card}, from: 2000-01-01}
""",
    "policy/facts/claim.yaml": """\
facts: claim
source: S0
fields:
  claim_id: {type: text, longest: 64, title: {zh: 编号, en: Id}, meaning: {zh: 编号, en: Id}, source: S0}
  documents: {type: codes, table: document, title: {zh: 材料, en: Papers}, meaning: {zh: 材料, en: Papers}, source: S0}
""",
    "policy/facts/encounter.yaml": """\
facts: encounter
title: {zh: 就诊, en: Encounter}
meaning: {zh: 就诊, en: Encounter}
source: S0
fields:
  admitted_on: {type: date, title: {zh: 入院日期, en: Admitted}, meaning: {zh: 入院, en: Admitted}, source: S0}
  emergency: {type: bool, title: {zh: 急诊, en: Emergency}, meaning: {zh: 急诊, en: Emergency}, source: S0}
""",
    "policy/facts/line.yaml": """\
facts: line
source: S0
fields:
  line_id: {type: text, longest: 64, title: {zh: 编号, en: Id}, meaning: {zh: 编号, en: Id}, source: S0}
  refund_of: {type: text, longest: 64, nullable: true, title: {zh: 退, en: R}, meaning: {zh: 退, en: R}, source: S0}
  amount_fen: {type: fen, title: {zh: 金额, en: Amount}, meaning: {zh: 金额, en: Amount}, source: S0}
  charged_on: {type: date, title: {zh: 日期, en: Charged}, meaning: {zh: 日期, en: Charged}, source: S0}
  item_code: {type: code, longest: 50, title: {zh: 编码, en: Code}, meaning: {zh: 编码, en: Code}, source: S0}
  purpose:
    type: code
    table: purpose
    lookup: {column: purpose, key: line.item_code, by: line.charged_on}
    title: {zh: 用途, en: Purpose}
    meaning: {zh: 用途, en: Purpose}
    source: S0
""",
    "policy/claims/plain.json": '{"lines": [{"line_id": "1", "purpose": "therapeutic"}]}',
}


@cache
def good_files() -> Mapping[str, bytes]:
    """The files of the bundle by path."""
    return {path: text.encode() for path, text in _TEXTS.items()}


def bundle(files: Mapping[str, bytes]) -> Policy:
    """The policy of the good files and these. Raises ProblemsFound."""
    everything = {**good_files(), **files}
    sources = [Source(path=path, content=content) for path, content in everything.items()]
    return policy_from_sources(sources, digest_of_files(everything))


@cache
def names() -> Names:
    """The facts, codes and catalogues of the good files."""
    good = bundle({})
    return Names(vocabulary=good.vocabulary, catalogues=good.catalogues)
