"""What can be wrong with moving mailboxes."""

from control_plane.core.errors import Conflict


class NothingToMove(Conflict):
    """There is no mailbox that would have to move: each is where it is to be, or on its way already."""

    code = "nothing_to_move"


class NoMoveTarget(Conflict):
    """No other node can take mailboxes: add one with the role mailbox, or let one serve again that drains."""

    code = "no_move_target"


class MailboxMoves(Conflict):
    """The mailbox is on its way already: wait until it has arrived, or abort that move first."""

    code = "mailbox_moves"


class MoveOver(Conflict):
    """The move is over: only one that is under way can be aborted. Ask for another to bring the mailbox back."""

    code = "move_over"


class MoveNotFailed(Conflict):
    """Only a move that failed or was aborted can be tried again."""

    code = "move_not_failed"
