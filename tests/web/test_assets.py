"""The style sheet and the scripts come from us and are found by their hash; their size is measured in the browser."""

import json
import re
from pathlib import Path

import pytest

from tests.web.conftest import FRONTEND
from web.assets import STATIC, Assets, AssetsNotBuilt


def built(name: str) -> Path:
    return STATIC / Assets().url(name).removeprefix("/static/")


def test_each_built_file_lies_there_compressed_too() -> None:
    for file in (STATIC / "build").glob("*.[cj]s*"):
        if file.suffix in (".css", ".js"):
            assert file.with_name(f"{file.name}.br").stat().st_size < file.stat().st_size + 32
            assert file.with_name(f"{file.name}.gz").exists()


def test_nothing_is_loaded_from_elsewhere() -> None:
    sheet = built("app.css").read_text().replace("https://tailwindcss.com", "").replace("http://www.w3.org", "")
    assert not re.search(r"""url\((?!"?data:|%23)|@import|https?://""", sheet)


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_a_missing_build_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AssetsNotBuilt, match="npm run build"):
        Assets(tmp_path).url("app.css")
