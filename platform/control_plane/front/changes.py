"""What is to be done so that the certificates served are those wanted: pure."""

from collections.abc import Mapping

import msgspec

from control_plane.front.certificates import Bundle


class Changes(msgspec.Struct, frozen=True):
    """From one set of certificates to another."""

    removed: tuple[Bundle, ...]
    replaced: tuple[Bundle, ...]
    added: tuple[Bundle, ...]

    def __len__(self) -> int:
        return len(self.removed) + len(self.replaced) + len(self.added)


def difference(served: Mapping[str, Bundle], wanted: Mapping[str, Bundle]) -> Changes:
    """Compare two sets by their files' names, which stand for their hosts."""
    return Changes(
        removed=tuple(served[file] for file in sorted(served.keys() - wanted.keys())),
        replaced=tuple(wanted[file] for file in sorted(served.keys() & wanted.keys()) if served[file] != wanted[file]),
        added=tuple(wanted[file] for file in sorted(wanted.keys() - served.keys())),
    )
