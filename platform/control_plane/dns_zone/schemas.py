"""What the zone is asked to hold."""

import msgspec

DEFAULT_TTL_SECONDS = 60
"""Short: what is in the zone are keys and challenges, which have to change when they have to."""


class ZoneRecord(msgspec.Struct, frozen=True, kw_only=True):
    """All records of one name and type."""

    name: str
    """Absolute, lower case, without the last dot."""
    type: str
    values: tuple[str, ...]
    """TXT: the text as it is, however long; else in the form of a zone file, with absolute names. None: no record."""
    ttl_seconds: int = DEFAULT_TTL_SECONDS

    @property
    def key(self) -> "RecordKey":
        """What a name server replaces as one."""
        return self.name, self.type


RecordKey = tuple[str, str]
"""Name and type."""
