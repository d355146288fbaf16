"""What the sandbox refuses."""

from http import HTTPStatus

from control_plane.core.errors import Refused


class SandboxLimit(Refused):
    """Nothing more is played for you today: so many recipients of test mail are for trying programs, not for load."""

    code = "sandbox_limit"
    status = HTTPStatus.FORBIDDEN
