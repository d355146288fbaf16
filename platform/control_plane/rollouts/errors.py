"""What can be wrong with a roll-out."""

from control_plane.core.errors import Conflict


class RolloutUnderWay(Conflict):
    """Another roll-out is under way: wait for its end or abort it. Of two at once, nobody could say which did harm."""

    code = "rollout_under_way"


class RolloutOver(Conflict):
    """The roll-out is over, or on its way back: to undo it, roll out what was in force before."""

    code = "rollout_over"


class NoNodeForCanary(Conflict):
    """No node can try this first: name canaries that are ready and know the change, or bring such a node up."""

    code = "no_canary"
