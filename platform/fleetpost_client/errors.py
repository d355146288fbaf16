"""What can go wrong with a request, as a tree.

Failed                  no useful answer
├── Unreachable         the API could not be reached, or its answer did not come
├── Unreadable          the answer is none that this release of the client knows
├── Forged              a webhook's message is not signed with the secret, or is too old
└── Refused             the API answered with a problem; `code` says which and stays the same for ever
    ├── Unchanged       304: it is still what `if_none_match` says
    ├── Invalid         400, 413, 422: something in the request is wrong; `errors` names the fields
    ├── Unauthenticated 401
    ├── Forbidden       403
    ├── NotFound        404, also for what belongs to somebody else
    ├── Conflict        409
    ├── Gone            410
    ├── Changed         412: it is not any more what `if_match` says
    ├── TooMany         429
    └── Unavailable     5xx: ours, and worth trying again
"""

from fleetpost_client.types import FieldError, Problem


class Failed(Exception):
    """No useful answer."""


class Unreachable(Failed):
    """The API could not be reached, or its answer did not come: what was asked for may have been done."""


class Unreadable(Failed):
    """The answer is none that this release of the client knows: update it. What was asked for was done."""


class Forged(Failed):
    """The message is not signed with this secret, or it is too old: do not believe it."""


class Refused(Failed):
    """The API answered with a problem."""

    def __init__(self, problem: Problem, retry_after_seconds: float | None = None) -> None:
        self.problem = problem
        self.retry_after_seconds = retry_after_seconds
        """How long the API asks to wait, where that helps."""
        super().__init__(f"{problem.status} {problem.code}: {problem.detail}")

    @property
    def code(self) -> str:
        """Name the problem, the same for ever."""
        return self.problem.code

    @property
    def status(self) -> int:
        """Give the answer's status."""
        return self.problem.status

    @property
    def errors(self) -> list[FieldError]:
        """Say what is wrong with which field."""
        return self.problem.errors

    @property
    def request_id(self) -> str | None:
        """Name the request, for support."""
        return self.problem.instance


class Unchanged(Refused):
    """It is still what `if_none_match` says."""


class Invalid(Refused):
    """Something in the request is wrong; `errors` names the fields."""


class Unauthenticated(Refused):
    """The key is missing, wrong or has ended."""


class Forbidden(Refused):
    """The key may not do this."""


class NotFound(Refused):
    """There is no such thing, or it is not yours."""


class Conflict(Refused):
    """The request does not fit the present state."""


class Gone(Refused):
    """It is not there any more."""


class Changed(Refused):
    """It is not any more what `if_match` says: read it again."""


class TooMany(Refused):
    """Too many requests."""


class Unavailable(Refused):
    """The API could not answer just now."""


_BY_STATUS: dict[int, type[Refused]] = {
    304: Unchanged,
    400: Invalid,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Gone,
    412: Changed,
    413: Invalid,
    422: Invalid,
    429: TooMany,
}
_FIRST_OF_OURS = 500


def refusal(problem: Problem, retry_after_seconds: float | None = None) -> Refused:
    """Give a problem the class of its status."""
    other = Unavailable if problem.status >= _FIRST_OF_OURS else Refused
    return _BY_STATUS.get(problem.status, other)(problem, retry_after_seconds)
