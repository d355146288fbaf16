"""Which parts of messages are too large to be kept with them: they become files, each once however many have it."""

from collections.abc import Iterable

from control_plane.blobs.service import NewBlob
from control_plane.core import ids
from control_plane.core.base64_strings import LONG_BYTES
from control_plane.core.blobs import InMemory, Source
from control_plane.core.spooled_body import file_of
from tenant_agent import wire


class Aside:
    """What of a batch becomes files."""

    def __init__(self) -> None:
        self._by_hash: dict[bytes, NewBlob] = {}

    def needed_by(self, files: Iterable[wire.FileRef]) -> list[NewBlob]:
        """Give those of the files that messages refer to which were fit; nobody needs the others."""
        return [self._by_hash[sha256] for sha256 in {file.sha256: None for file in files}]

    def attachment(self, content: bytes) -> bytes | wire.FileRef:
        """Give what stands for a file's content: itself if it is short, else where it lies."""
        spooled = file_of(content)
        if spooled is not None:
            return self._kept(spooled)
        return self._kept(InMemory(content)) if len(content) > LONG_BYTES else content

    def raw(self, header: bytes, body: bytes) -> bytes | wire.LongRaw:
        """Give what stands for a message that came whole."""
        if len(body) <= LONG_BYTES:
            return header + body
        return wire.LongRaw(header, self._kept(InMemory(body)), body.isascii())

    def _kept(self, source: Source) -> wire.FileRef:
        sha256 = source.sha256
        kept = self._by_hash.setdefault(sha256, NewBlob(ids.new_uuid(), source))
        return wire.FileRef(ids.bare(kept.id), source.size, sha256)
