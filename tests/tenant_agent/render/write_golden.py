"""Writes the golden files anew."""

import shutil

from tests.tenant_agent.render.trees import GOLDEN, NODES, trees


def main() -> None:
    """Replace all golden files."""
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for name, node in NODES.items():
        for path, file in trees(node).items():
            target = GOLDEN / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.text)


if __name__ == "__main__":
    main()
