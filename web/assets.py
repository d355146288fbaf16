"""Where the built style sheet and script are: a hash of the contents in their names lets browsers keep them."""

from functools import cached_property
from pathlib import Path

import msgspec

STATIC = Path(__file__).parent / "static"


class AssetsNotBuilt(Exception):
    """The portal's style sheet and script are not built: run `npm ci && npm run build` in web/frontend."""

    def __str__(self) -> str:
        return str(self.__doc__)


class Assets:
    """Reads the build's manifest at first use; raises `AssetsNotBuilt`."""

    def __init__(self, static: Path = STATIC) -> None:
        self._manifest_file = static / "build" / "manifest.json"

    def url(self, name: str) -> str:
        """Give the address of a built file, such as `app.css`."""
        return f"/static/build/{self._manifest[name]}"

    @cached_property
    def _manifest(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self._manifest_file.read_bytes(), type=dict[str, str])
        except FileNotFoundError as error:
            raise AssetsNotBuilt from error
