"""How many mails may go in a minute: a pure decision."""

from datetime import datetime, timedelta

import msgspec

_MINUTE = timedelta(minutes=1)


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """A minute, and how many wanted to go in it before these."""

    since: datetime
    before: int

    def room(self, most: int) -> int:
        """Say how many more may go."""
        return max(most - self.before, 0)

    @property
    def ends_at(self) -> datetime:
        """Say when the others may ask again."""
        return self.since + _MINUTE
