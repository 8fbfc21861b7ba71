"""Parameters made in a test: the text of a file, and the parameter or the problems that come of it."""

from __future__ import annotations

import textwrap

from tests.support.bundled import policy
from yibao.basics.problems import Place, Problem, ProblemsFound
from yibao.model.facts import Title
from yibao.model.parameters import Parameter
from yibao.model.policy import Layer
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.yaml_nodes import read_yaml
from yibao.readers.policy.bundle_documents import Source
from yibao.readers.policy.parameters_from_yaml import parameter_from_yaml
from yibao.readers.policy.sheets import Sheets

NAME = "a-parameter"
FILE = f"policy/national/{NAME}.yaml"
LAYER = Layer(
    name="national",
    title=Title(zh="全国", en="The nation"),
    extends=None,
    illustrative=False,
    place=Place(path="policy/national/layer.yaml"),
)
SOURCE = "{source: 沪医保规〔2023〕6号, grade: B}"


def text(values: str, unit: str = "yuan", keys: str = "", more: str = "", cites: str = f"[{SOURCE}]") -> str:
    """The text of a parameter: `values` are its entries, `keys` such as `[insured.person_type]`."""
    head = [
        f"parameter: {NAME}",
        "title: {zh: 参数, en: A parameter}",
        f"unit: {unit}",
        "by: encounter.discharged_on",
        *([f"keys: {keys}"] if keys else []),
        *([f"cites: {cites}"] if cites else []),
        *([more] if more else []),
        "values:",
    ]
    return "\n".join(head) + "\n" + textwrap.indent(textwrap.dedent(values).strip("\n"), "  ") + "\n"


def parameter(written: str, **files: str | bytes) -> Parameter:
    """The parameter of this file and others beside it (`ratios_csv` is `ratios.csv`). Raises ProblemsFound."""
    problems = Problems()
    sheets = {path: Source(path=path, content=content) for path, content in _beside(files).items()}
    found = parameter_from_yaml(read_yaml(written.encode(), FILE), LAYER, policy().vocabulary, Sheets(sheets), problems)
    if problems.found or found is None:
        raise ProblemsFound(problems.found)
    return found


def problems(written: str, **files: str | bytes) -> list[Problem]:
    """What is wrong with the file and those beside it."""
    try:
        parameter(written, **files)
    except ProblemsFound as error:
        return list(error.problems)
    return []


def _beside(files: dict[str, str | bytes]) -> dict[str, bytes]:
    named = {f"policy/national/{name.replace('_', '.')}": content for name, content in files.items()}
    return {path: content if isinstance(content, bytes) else content.encode() for path, content in named.items()}
