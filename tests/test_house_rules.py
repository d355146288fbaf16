"""What no linter guards: the rules of the house, each with the reason why it is one."""

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import control_plane
from control_plane import worker
from control_plane.core.errors import FleetpostError

ROOT = Path(__file__).parent.parent
SOURCES = ("platform", "tenant_agent", "web", "tests", "e2e", "benchmarks")
LONGEST_FILE = 450
GENERATED = {"platform/fleetpost_client/client.py", "platform/fleetpost_client/types.py"}
HEAVY = ("litestar", "piccolo", "arq", "asyncpg", "control_plane", "web")


def python_files() -> Iterator[Path]:
    for source in SOURCES:
        yield from (path for path in (ROOT / source).rglob("*.py") if "node_modules" not in path.parts)


def errors() -> dict[str, type[FleetpostError]]:
    """Every error of the control plane by its code."""
    for module in pkgutil.walk_packages(control_plane.__path__, "control_plane."):
        if "migrations" not in module.name:
            importlib.import_module(module.name)
    found: dict[str, type[FleetpostError]] = {}
    waiting = [FleetpostError]
    while waiting:
        error = waiting.pop()
        same = found.setdefault(error.code, error)
        assert same is error, f"{error} and {same} share the code {error.code}"
        waiting += error.__subclasses__()
    return found


def test_platform_is_a_source_root_and_no_package() -> None:
    """As a package it would hide the standard library's `platform` from every tool that is run from here."""
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_no_file_is_too_long_to_be_one_idea() -> None:
    long = {str(path.relative_to(ROOT)) for path in python_files() if path.read_text().count("\n") > LONGEST_FILE}
    assert long - GENERATED == set()


def test_annotations_are_real() -> None:
    """Litestar and msgspec read them, and fail at start-up on text."""
    forbidden = "from __future__ import " + "annotations"
    assert [path for path in python_files() if forbidden in path.read_text()] == []


def test_no_error_is_raised_in_an_except_star() -> None:
    """Debian's Python 3.11.2 puts it into a group of its own, which nobody who waits for the error then sees."""
    raising = [
        f"{path.relative_to(ROOT)}:{each.lineno}"
        for path in python_files()
        for tried in ast.walk(ast.parse(path.read_text()))
        if isinstance(tried, ast.TryStar)
        for handler in tried.handlers
        for each in ast.walk(handler)
        if isinstance(each, ast.Raise)
    ]
    assert raising == []


def test_job_names_are_unique_and_say_whose_they_are() -> None:
    """arq would silently run one of two jobs of the same name."""
    names = [job.name for job in worker.JOBS]
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z_]+\.[a-z_]+", name)] == []


def test_the_agent_imports_nothing_of_the_control_plane() -> None:
    """A node installs the agent alone; it should start quickly and hold little."""
    code = "import sys, tenant_agent.__main__; print(*(name.partition('.')[0] for name in sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    assert set(loaded.split()) & set(HEAVY) == set()


def test_every_setting_is_documented() -> None:
    source = (ROOT / "platform/control_plane/settings.py").read_text()
    documented = (ROOT / "docs/settings.md").read_text()
    variables = set(re.findall(r'"((?:FLEETPOST_|DATABASE_|REDIS_)[A-Z_]+)"', source))
    assert {name for name in variables if f"| `{name}` |" not in documented} == set()
    assert set(re.findall(r"^\| `([A-Z_]+)`", documented, re.MULTILINE)) == variables


def test_every_error_code_is_documented_as_it_is() -> None:
    rows = [
        f"| `{code}` | {error.status.value} | {error.default_message()} |" for code, error in sorted(errors().items())
    ]
    documented = (ROOT / "docs/errors.md").read_text()
    assert [line for line in documented.splitlines() if line.startswith("| `")] == rows


def test_no_registrys_address_is_in_a_committed_file() -> None:
    """Where packages are fetched from is the installing machine's business."""
    hosts = re.compile(r"https?://(?:files\.pythonhosted|pypi|registry\.npmjs|registry\.yarnpkg)[^\s\"]*")
    files = [*ROOT.glob("*.txt"), *ROOT.glob("*.toml"), *ROOT.glob("web/frontend/*.json"), *ROOT.glob("**/.npmrc")]
    kept = [path for path in files if "node_modules" not in path.parts and "var" not in path.relative_to(ROOT).parts]
    assert [path for path in kept if hosts.search(path.read_text())] == []


def test_every_link_in_the_documents_leads_somewhere() -> None:
    """Files move as the code grows, and who comes new follows the links first."""
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert len(documents) > 40
    dead = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text())
        if "://" not in target and not (document.parent / target).exists()
    ]
    assert dead == []
