"""The style sheet and the script, built once if they are not there."""

import subprocess
from pathlib import Path

import pytest

from web.assets import STATIC

FRONTEND = Path(__file__).parents[2] / "web" / "frontend"


@pytest.fixture(scope="session", autouse=True)
def built_assets() -> None:
    """Build the front end where `scripts/up` or an earlier run has not."""
    if not (FRONTEND / "node_modules").exists():
        subprocess.run(["npm", "ci"], cwd=FRONTEND, check=True, capture_output=True)
    if not (STATIC / "build" / "manifest.json").exists():
        subprocess.run(["npm", "run", "build"], cwd=FRONTEND, check=True, capture_output=True)
