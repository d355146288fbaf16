"""The range that ids lie in: the database then opens only the partitions of that time."""

from collections.abc import Sequence
from uuid import UUID


def bounds(ids: Sequence[UUID]) -> tuple[UUID, UUID]:
    """Give the first and the last of some ids."""
    return min(ids), max(ids)
