"""Parameters, whose values may be decision tables; what is read whole is written again, as YAML and as a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.fuzz import world
from tests.settlement.small_plans import PARAMETERS
from tests.support.small_parameters import FILE, LAYER
from yibao.authoring.parameter_sheets import cells_of, csv_of, yaml_of
from yibao.basics.problems import ProblemsFound
from yibao.model.parameters import Parameter, ParameterVersion
from yibao.readers.documents.forms import Problems
from yibao.readers.documents.locate import bundled_folder
from yibao.readers.documents.yaml_nodes import read_yaml
from yibao.readers.policy.bundle_documents import Source
from yibao.readers.policy.parameters_from_yaml import parameter_from_yaml, rows_from_sheet
from yibao.readers.policy.sheets import Sheets
from yibao.settlement.lookup import value_of

NAME = "parameters"
LONGEST = 4_096
SHEET = f"{FILE.rpartition('/')[0]}/ratios.csv"
RATIOS = b"insured.person_type,encounter.institution.level,value\nactive,0..3,85%\nretired,*,92%\n"
WORDS = (
    *("parameter: fuzz", "unit: ", "yuan", "rate", "factor", "bands", "days", "months", "keys: [", "hit: FIRST"),
    *("hit: COLLECT_SUM", "values:", "- {from: 2023-01-01, ", "to: 2024-01-01", "value: ", "table: {", "sheet: "),
    *("ratios.csv", "unknown: {zh: 无, en: U}", "incomplete: {zh: 无, en: I}", "published: 2023-01-01", "cites: ["),
    *(
        "insured.person_type",
        "encounter.institution.level",
        "encounter.emergency",
        '"active, retired"',
        '"*"',
        '"0..3"',
    ),
    *('"70.."', '"none"', "85%", '"0.50"', "[{upto: 30000, rate: 85%}, {rate: 90%}]", "100000000000", "by: "),
)


def seeds() -> Iterator[bytes]:
    """The shipped parameters, and small ones of each unit, with keys and without."""
    for path in sorted(Path(bundled_folder("policy")).rglob("parameters/*.yaml")):
        yield path.read_bytes()
    yield from (text.encode() for text in PARAMETERS.values())
    by_sheet = PARAMETERS["by-person"].replace(
        "[insured.person_type, age]", "[insured.person_type, encounter.institution.level]"
    )
    entry = by_sheet.index("table:")
    yield f"{by_sheet[:entry]}sheet: ratios.csv, incomplete: {{zh: 无, en: not all}}}}]\n".encode()


def parse(data: bytes) -> None:
    """Read beside one sheet. Each entry asks its own first row, and comes back from a sheet as the same rows."""
    problems = Problems()
    sheets = Sheets({SHEET: Source(path=SHEET, content=RATIOS)})
    found = parameter_from_yaml(read_yaml(data, FILE), LAYER, world.policy().vocabulary, sheets, problems)
    if problems.found or found is None:
        raise ProblemsFound(problems.found)
    for version in found.versions:
        if version.rows:
            _use(found, version)


def _use(parameter: Parameter, version: ParameterVersion) -> None:
    value_of(parameter, version, tuple(None for _key in parameter.keys))
    cells = cells_of(parameter, version)
    source = Source(path="written.csv", content=csv_of(cells).encode())
    assert rows_from_sheet(parameter, version, source, None, world.policy().vocabulary) == version.rows
    try:
        written = yaml_of(parameter, version.rows)
    except ProblemsFound:
        return
    assert read_yaml(written.encode(), FILE).place.line == 1
