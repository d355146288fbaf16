"""What can be in the way of a change of the list."""

from control_plane.core.errors import Conflict


class ReasonNeeded(Conflict):
    """Who bounced or complained is written to again only for a reason: reactivate it and say why."""

    code = "suppression_reason_needed"


class NotSuppressed(Conflict):
    """The suppression has ended already: nothing need be done."""

    code = "suppression_ended"


class SuppressedAgain(Conflict):
    """The address has been suppressed again since: reactivate or delete that suppression."""

    code = "suppressed_again"


class TooManyImports(Conflict):
    """Three imports are under way already: wait until one of them is finished."""

    code = "too_many_imports"
