"""What can be wrong with plans."""

from control_plane.core.errors import Forbidden


class NobodyBelow(Forbidden):
    """Only agencies and operators offer plans: there can be nobody below this account to take one."""

    code = "nobody_below"
