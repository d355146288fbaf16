"""What can go wrong with the zone.

ValueError
└── NameRefused             a name that whoever asks must not write
Exception
└── ZoneError               the name server did not do it; the message says what the operator can do
    ├── ZoneAway            it does not answer
    ├── KeyRefused          it does not know our key, or does not let it write
    └── UpdateRefused       it will not have these records
"""


class NameRefused(ValueError):
    """The name is not inside the zone, or is somebody else's."""


class ZoneError(Exception):
    """The name server did not do what it was asked."""


class ZoneAway(ZoneError):
    """The zone's name server does not answer: nothing is lost, it is told when it is back."""


class KeyRefused(ZoneError):
    """The zone's name server refuses the key: let it update and transfer the zone, and compare FLEETPOST_ZONE_KEY."""


class UpdateRefused(ZoneError):
    """The zone's name server refuses these records."""
