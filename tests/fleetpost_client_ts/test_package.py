"""The TypeScript client as a package: what is in it, and that it needs nothing."""

import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from fleetpost_client import VERSION
from tests.node import SOURCE

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    command = ["scripts/build-clients", "--output", str(tmp_path_factory.mktemp("packages")), "typescript"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=REPOSITORY)
    return Path(done.stdout.strip())


def test_it_holds_what_is_compiled_with_its_types_and_nothing_else(package: Path) -> None:
    modules = [path.stem for path in (SOURCE / "src").glob("*.ts")]
    compiled = {f"package/dist/{name}.{kind}" for name in modules for kind in ("js", "d.ts")}
    with tarfile.open(package) as packed:
        assert set(packed.getnames()) == compiled | {
            f"package/{name}" for name in ("LICENSE", "README.md", "package.json")
        }


def test_it_needs_nothing_and_its_release_is_the_platforms() -> None:
    told = json.loads((SOURCE / "package.json").read_text())
    assert "dependencies" not in told
    assert told["version"] == VERSION
    assert f'"{VERSION}"' in (SOURCE / "src" / "version.ts").read_text()


def test_its_lock_file_names_no_registry() -> None:
    lock = json.loads((SOURCE / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
