"""The Python client as a package of its own: what is in it, and that it works without the platform beside it."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from fleetpost_client import VERSION

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "platform" / "fleetpost_client"
SOME_DAY = "1795305600"  # 2026-11-22


def build(directory: Path) -> list[Path]:
    """Build the packages."""
    command = ["scripts/build-clients", "--output", str(directory), "python"]
    surroundings = os.environ | {"SOURCE_DATE_EPOCH": SOME_DAY}
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=REPOSITORY, env=surroundings)
    return [Path(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return build(tmp_path_factory.mktemp("packages"))


@pytest.fixture(scope="module")
def wheel(built: list[Path]) -> Path:
    return built[0]


def test_it_holds_the_modules_and_what_belongs_to_them_and_nothing_else(built: list[Path]) -> None:
    modules = {f"fleetpost_client/{path.name}" for path in [*SOURCE.glob("*.py"), SOURCE / "py.typed"]}
    about = f"fleetpost_client-{VERSION}.dist-info"
    with zipfile.ZipFile(built[0]) as packed:
        told = {f"{about}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")}
        assert set(packed.namelist()) == modules | told
    with tarfile.open(built[1]) as packed:
        told = {"LICENSE", "README.md", "pyproject.toml", "PKG-INFO"}
        assert set(packed.getnames()) == {f"fleetpost_client-{VERSION}/{name}" for name in modules | told}


def test_it_needs_httpx_and_msgspec_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        metadata = Parser().parsestr(packed.read(f"fleetpost_client-{VERSION}.dist-info/METADATA").decode())
    needed = metadata.get_all("Requires-Dist") or []
    assert [name.partition(">")[0].partition("<")[0] for name in needed] == ["httpx", "msgspec"]
    assert metadata["License-Expression"] == "Apache-2.0"


def test_it_works_without_the_platform(wheel: Path) -> None:
    """A wheel is a zip file, and Python imports from those."""
    program = f"""
import sys
sys.path.insert(0, {str(wheel)!r})
import fleetpost_client
assert fleetpost_client.__file__.startswith({str(wheel)!r})
assert fleetpost_client.Client("http://127.0.0.1:1", "fp_x")
ours = [name for name in sys.modules if name.split(".")[0] in ("control_plane", "tenant_agent", "web")]
assert not ours, ours
"""
    subprocess.run([sys.executable, "-I", "-c", program], check=True)


def test_it_is_built_the_same_every_time(built: list[Path], tmp_path: Path) -> None:
    assert [path.read_bytes() for path in build(tmp_path)] == [path.read_bytes() for path in built]


def test_its_release_is_the_platforms() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
