"""The places where blobs can lie, both of them real."""

from collections.abc import Generator
from pathlib import Path

import pytest

from control_plane.core.blobs import Store, open_store
from tests.object_store import object_store


@pytest.fixture(scope="session")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A bucket, as the setting names it."""
    with object_store(tmp_path_factory.mktemp("weed")) as setting:
        yield setting


@pytest.fixture(params=["directory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A place for blobs."""
    if request.param == "s3":
        return open_store(request.getfixturevalue("bucket"))
    return open_store(str(tmp_path / "blobs"))
