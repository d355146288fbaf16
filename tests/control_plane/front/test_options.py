"""The front's settings."""

import re
from pathlib import Path

from control_plane.front import options

ROOT = Path(__file__).parents[3]


def test_every_setting_is_documented() -> None:
    source = Path(options.__file__).read_text()
    documented = (ROOT / "docs/front.md").read_text()
    variables = set(re.findall(r'"(FLEETPOST_FRONT_[A-Z_]+)"', source))
    assert set(re.findall(r"^\| `(FLEETPOST_FRONT_[A-Z_]+)`", documented, re.MULTILINE)) == variables


def test_nothing_need_be_set() -> None:
    found = options.load({})
    assert found.web == ("127.0.0.1:8000",)
    assert found.http[0] == "*:80"
    assert all("v4v6" not in address for address in (*found.http, *found.https))


def test_lists_are_comma_separated() -> None:
    found = options.load({"FLEETPOST_FRONT_WEB": "127.0.0.1:1, 127.0.0.1:2", "FLEETPOST_FRONT_PER_ADDRESS": "7"})
    assert found.web == ("127.0.0.1:1", "127.0.0.1:2")
    assert found.per_address == 7
