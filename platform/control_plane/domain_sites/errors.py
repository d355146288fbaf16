"""What is refused about host names."""

from http import HTTPStatus

from control_plane.core.errors import Refused


class NotServedHere(Refused):
    """The name leads to our servers, but nothing is set up for it: check its spelling, or ask whose name it is."""

    code = "not_served_here"
    status = HTTPStatus.MISDIRECTED_REQUEST
