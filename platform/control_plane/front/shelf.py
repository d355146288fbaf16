"""The certificates on disk: what HAProxy starts with, whether anybody can tell us of others or not."""

from collections.abc import Iterable
from pathlib import Path

from control_plane.front.certificates import Bundle, listing
from control_plane.front.layout import Layout, write


class Shelf:
    """Knows what lies there and puts what is to lie there in its place."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def read(self) -> dict[str, Bundle]:
        """Give what was there last: what the list names, as far as its files are there."""
        found: dict[str, Bundle] = {}
        lines = self._layout.listing.read_text().splitlines() if self._layout.listing.exists() else []
        for path, *hosts in (line.split() for line in lines if line):
            bundle = Bundle(tuple(hosts), _read(Path(path)))
            if bundle.pem:
                found[bundle.file] = bundle
        return found

    def put(self, bundle: Bundle) -> None:
        """Lay a certificate there, or its successor."""
        write(self._layout.certificates / bundle.file, bundle.pem)

    def list(self, bundles: Iterable[Bundle]) -> None:
        """Write the list of what is there, and take away what is not in it."""
        kept = list(bundles)
        write(self._layout.listing, listing(kept, str(self._layout.certificates)))
        names = {bundle.file for bundle in kept}
        for path in self._layout.certificates.iterdir():
            if path.name not in names:
                path.unlink()


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
