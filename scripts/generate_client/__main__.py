"""Write the clients, or say whether they are up to date."""

import os
import subprocess
import sys
from pathlib import Path

from control_plane import settings
from control_plane.asgi import create_app
from control_plane.core.openapi import Object, document_of
from scripts.generate_client import render_python, render_typescript

_PLATFORM = Path(__file__).parents[2] / "platform"
PYTHON, TYPESCRIPT = _PLATFORM / "fleetpost_client", _PLATFORM / "fleetpost_client_ts" / "src"
_NEEDED = (
    "DATABASE_URL",
    "FLEETPOST_FLEET_DATABASE_URL",
    "FLEETPOST_PUBLIC_URL",
    "FLEETPOST_SESSION_SECRET",
    "FLEETPOST_VAULT_KEYS",
    "REDIS_URL",
)
"""Settings without a default; a document is described without using them."""


def document() -> Object:
    """Give the API's description without starting anything."""
    os.environ.setdefault("PICCOLO_CONF", "control_plane.piccolo_conf")
    return document_of(create_app(settings.load(dict.fromkeys(_NEEDED, "unused"))))


def files_of(described: Object) -> dict[Path, str]:
    """Give what is to stand in which file."""
    python = {PYTHON / name: _formatted(source) for name, source in render_python(described).items()}
    return python | {TYPESCRIPT / name: source for name, source in render_typescript(described).items()}


def _formatted(source: str) -> str:
    """Give source as the formatter wants it."""
    command = [str(Path(sys.executable).parent / "ruff"), "format", "--stdin-filename", "client.py", "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=True, cwd=_PLATFORM)
    return done.stdout


def main() -> int:
    """Run the command."""
    files = files_of(document())
    if "--check" in sys.argv:
        return int(any(not path.exists() or path.read_text() != source for path, source in files.items()))
    for path, source in files.items():
        path.write_text(source)
    return 0


if __name__ == "__main__":
    sys.exit(main())
