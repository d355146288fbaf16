"""A repository in a closed home directory is reachable for the service user, and nothing else in there is."""

import subprocess
import tempfile
from pathlib import Path

import pytest

from e2e.lab.shelter import closed_ancestor, script, sheltered

_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Lay a repository with a file into a home that others may not enter."""
    home = tmp_path / "home"
    repository = home / "project"
    repository.mkdir(parents=True)
    (repository / "file").write_text("content")
    (home / "secret").write_text("secret")
    for directory in (repository, *repository.parents):
        if Path(tempfile.gettempdir()) in directory.parents:
            directory.chmod(0o755)
    home.chmod(0o700)
    return repository


def test_open_directories_need_no_shelter() -> None:
    assert closed_ancestor(Path("/usr/bin/env")) is None
    assert script([Path("/usr/bin")]) is None


def test_the_topmost_closed_directory_is_found(repository: Path) -> None:
    assert closed_ancestor(repository / "file") == repository.parent


def test_an_unprivileged_user_sees_the_repository_and_nothing_beside_it(repository: Path) -> None:
    argv = sheltered([*_NOBODY, "sh", "-c", "cat file; ls .."], needs=[repository], directory=repository)
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout == "contentproject\n"
    assert (repository.parent / "secret").read_text() == "secret"
