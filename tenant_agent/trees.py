"""A service's files in the place where it looks for them: compared with what they should be, and swapped."""

import stat
from collections.abc import Iterable
from pathlib import Path

from tenant_agent.files import replace_text
from tenant_agent.render import File, Tree


def differing(directory: Path, tree: Tree) -> Tree:
    """Give those of these files that are not there as they should be."""
    return {path: file for path, file in tree.items() if not _is_as(directory / path, file)}


def swap(directory: Path, tree: Tree, *, instead_of: Iterable[str] = ()) -> None:
    """Put these files there, and take those of the others away that are not among them."""
    for path, file in tree.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_text(target, file.text, mode=file.mode, group=file.group)
    for path in set(instead_of) - tree.keys():
        (directory / path).unlink(missing_ok=True)


def _is_as(target: Path, file: File) -> bool:
    if not target.is_file():
        return False
    return target.read_text(errors="replace") == file.text and stat.S_IMODE(target.stat().st_mode) == file.mode
