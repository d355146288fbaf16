"""What can be wrong with shaping."""

from control_plane.core.errors import Conflict


class ShapingUnderWay(Conflict):
    """Another version is being rolled out: wait for its end or abort it, or save this one to be rolled out after it."""

    code = "shaping_under_way"
