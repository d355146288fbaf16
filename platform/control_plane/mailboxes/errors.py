"""What can be wrong with a mailbox."""

from control_plane.core.errors import Conflict, Unavailable


class MailboxExists(Conflict):
    """There is a mailbox with this address already."""

    code = "mailbox_exists"


class NoMailboxNode(Unavailable):
    """Your provider has no server for mailboxes yet: nothing is wrong with your request, repeat it later."""

    code = "no_mailbox_node"
