"""What can be wrong with a mailbox."""

from http import HTTPStatus

from control_plane.core.errors import Conflict, Invalid, Refused, Unavailable


class MailboxExists(Conflict):
    """There is a mailbox with this address already."""

    code = "mailbox_exists"


class DomainNotProven(Invalid):
    """A mailbox needs a domain that is yours by proof: add it and publish its DNS records first."""

    code = "domain_not_usable"


class MailboxChanged(Refused):
    """The mailbox was changed by somebody else since you read it: read it again, then repeat your change."""

    code = "precondition_failed"
    status = HTTPStatus.PRECONDITION_FAILED


class NoMailboxNode(Unavailable):
    """No node can store mailboxes yet: the operator adds one with `fleetpost node add … --role mailbox`."""

    code = "no_mailbox_node"
