"""The rendered configuration, whole, as it was last looked at.

After a wanted change, write the files anew with `python -m tests.tenant_agent.render.write_golden` and read the diff.
"""

from pathlib import Path

import pytest

from tests.tenant_agent.render.trees import GOLDEN, NODES, trees


@pytest.mark.parametrize("name", NODES)
def test_the_configuration_is_as_it_was_looked_at(name: str) -> None:
    rendered = {str(path): file.text for path, file in trees(NODES[name]).items()}
    assert rendered == _read(GOLDEN / name)


def _read(directory: Path) -> dict[str, str]:
    return {str(path.relative_to(directory)): path.read_text() for path in directory.rglob("*") if path.is_file()}
