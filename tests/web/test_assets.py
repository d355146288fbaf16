"""What a browser loads first stays small, comes from us, and is found by its hash."""

import gzip
import json
import re
from pathlib import Path

import pytest

from tests.web.conftest import FRONTEND
from web.assets import STATIC, Assets, AssetsNotBuilt

BUDGET_BYTES = 35 * 1024


def built(name: str) -> Path:
    return STATIC / Assets().url(name).removeprefix("/static/")


def test_style_sheet_and_script_fit_the_budget() -> None:
    compressed = {name: len(gzip.compress(built(name).read_bytes())) for name in ("app.css", "app.js")}
    assert sum(compressed.values()) <= BUDGET_BYTES, compressed


def test_nothing_is_loaded_from_elsewhere() -> None:
    sheet = built("app.css").read_text().replace("https://tailwindcss.com", "").replace("http://www.w3.org", "")
    assert not re.search(r"""url\((?!"?data:|%23)|@import|https?://""", sheet)


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_a_missing_build_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AssetsNotBuilt, match="npm run build"):
        Assets(tmp_path).url("app.css")
