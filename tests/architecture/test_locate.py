"""The shipped folders are found, and a folder is read whole or not at all."""

import os
from pathlib import Path

import pytest

from yibao.basics.problems import Fault, Problem, ProblemsFound
from yibao.readers.documents import locate
from yibao.readers.documents.locate import bundled_folder, files_of_folder


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def problems_of(folder: Path) -> list[tuple[str, str]]:
    """Code and place (from the folder on) of everything that keeps the folder from being read."""
    with pytest.raises(ProblemsFound) as caught:
        files_of_folder(folder)
    return [(problem.code, shown(problem, folder)) for problem in caught.value.problems]


def shown(problem: Problem, folder: Path) -> str:
    return problem.place.path.removeprefix(folder.as_posix()).removeprefix("/")


@pytest.mark.parametrize("name", ["policy", "workflows"])
def test_a_checkout_reads_its_live_folders(name: str) -> None:
    checkout = Path(__file__).resolve().parents[2]
    assert bundled_folder(name) == checkout / name


def test_a_folder_that_is_not_bundled_is_our_own_mistake() -> None:
    with pytest.raises(Fault, match="no folder `rules` is bundled, only policy and workflows"):
        bundled_folder("rules")


def test_files_come_by_relative_path_in_order_and_as_they_are(tmp_path: Path) -> None:
    folder = written(tmp_path, {"z.yaml": "z", "national/b.yaml": "乙", "a.yaml": "a\r\n", "national/notes.txt": "-"})
    files = files_of_folder(folder)
    assert list(files.items()) == [("a.yaml", b"a\r\n"), ("national/b.yaml", "乙".encode()), ("z.yaml", b"z")]


def test_other_endings_are_read_when_asked_for(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a.json": "{}", "b.yaml": "b", "c.yml": "c"})
    assert files_of_folder(folder, (".json",)) == {"a.json": b"{}"}


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a.yaml": "a", ".b.yaml": "b", ".git/c.yaml": "c", ".d.yml": "d"})
    assert list(files_of_folder(folder)) == ["a.yaml"]


def test_an_empty_folder_has_no_files(tmp_path: Path) -> None:
    assert files_of_folder(tmp_path) == {}


def test_a_missing_folder_is_a_problem_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound) as caught:
        files_of_folder(tmp_path / "polcy")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.path) == ("no-such-folder", (tmp_path / "polcy").as_posix())


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    written(tmp_path, {"a.yaml": "a"})
    with pytest.raises(ProblemsFound, match="this is a file, and a folder is needed"):
        files_of_folder(tmp_path / "a.yaml")


def test_a_rule_in_a_misnamed_file_is_not_lost_in_silence(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a.yml": "a", "b.YAML": "b", "c.yaml": "c"})
    assert problems_of(folder) == [("misnamed-file", "a.yml"), ("misnamed-file", "b.YAML")]


def test_a_file_name_that_cannot_be_shown_is_a_problem_that_can(tmp_path: Path) -> None:
    (tmp_path / "bell\a.yaml").write_bytes(b"")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.yaml")).write_bytes(b"")
    assert [code for code, _ in problems_of(tmp_path)] == ["misnamed-file", "misnamed-file"]
    assert all(place.encode() for _, place in problems_of(tmp_path))


def test_a_link_within_the_folder_is_read(tmp_path: Path) -> None:
    written(tmp_path, {".data/a.yaml": "a"})
    (tmp_path / "a.yaml").symlink_to(Path(".data", "a.yaml"))
    assert files_of_folder(tmp_path) == {"a.yaml": b"a"}


def test_links_out_of_the_folder_and_to_folders_are_refused(tmp_path: Path) -> None:
    written(tmp_path, {"outside/secret.yaml": "s", "policy/real/a.yaml": "a"})
    folder = tmp_path / "policy"
    (folder / "file.yaml").symlink_to(tmp_path / "outside" / "secret.yaml")
    (folder / "far").symlink_to(tmp_path / "outside")
    (folder / "near").symlink_to(folder / "real")
    assert problems_of(folder) == [("link-refused", "far"), ("link-refused", "file.yaml"), ("link-refused", "near")]


def test_what_is_no_plain_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "nowhere.yaml").symlink_to(tmp_path / "gone.yaml")
    names = ("loop.yaml", "nowhere.yaml", "pipe.yaml")
    assert problems_of(tmp_path) == [("unreadable-file", name) for name in names]


def test_a_file_of_a_million_bytes_is_read_and_one_more_byte_is_not(tmp_path: Path) -> None:
    (tmp_path / "fits.yaml").write_bytes(b"x" * 1_000_000)
    assert len(files_of_folder(tmp_path)["fits.yaml"]) == 1_000_000
    (tmp_path / "larger.yaml").write_bytes(b"x" * 1_000_001)
    assert problems_of(tmp_path) == [("file-too-large", "larger.yaml")]


def test_a_folder_of_five_thousand_files_is_read_and_one_more_file_is_not(tmp_path: Path) -> None:
    for number in range(5_000):
        (tmp_path / f"{number}.yaml").touch()
    assert len(files_of_folder(tmp_path)) == 5_000
    (tmp_path / "one-more.yaml").touch()
    assert problems_of(tmp_path) == [("too-many-files", "")]


def test_a_walk_ends_among_files_that_nobody_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locate, "MOST_ENTRIES", 3)
    written(tmp_path, {f"{number}.txt": "" for number in range(3)})
    assert files_of_folder(tmp_path) == {}
    written(tmp_path, {"3.txt": ""})
    assert problems_of(tmp_path) == [("too-many-files", "")]


def test_all_files_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locate, "MOST_BYTES", 10)
    folder = written(tmp_path, {"a.yaml": "aaaaa", "b.yaml": "bbbbb"})
    assert len(files_of_folder(folder)) == 2
    written(tmp_path, {"c.yaml": "c"})
    assert problems_of(folder) == [("folder-too-large", "")]
