"""What can be wrong with a position in the events."""

from http import HTTPStatus

from control_plane.core.errors import Refused


class PositionLost(Refused):
    """The database was restored or failed over since: start again with `since`, and leave out ids that you know."""

    code = "event_position_lost"
    status = HTTPStatus.GONE
