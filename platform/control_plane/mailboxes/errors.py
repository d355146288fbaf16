"""What can be wrong with a mailbox."""

from http import HTTPStatus

from control_plane.core.errors import Conflict, Refused, Unavailable


class MailboxExists(Conflict):
    """There is a mailbox with this address already."""

    code = "mailbox_exists"


class MailboxChanged(Refused):
    """The mailbox was changed by somebody else since you read it: read it again, then repeat your change."""

    code = "precondition_failed"
    status = HTTPStatus.PRECONDITION_FAILED


class NoMailboxNode(Unavailable):
    """Your provider has no server for mailboxes yet: nothing is wrong with your request, repeat it later."""

    code = "no_mailbox_node"
