"""What can be wrong with a mail domain."""

from control_plane.core.errors import Conflict, Invalid


class DomainNotUsable(Invalid):
    """Mail can be sent from a domain only once it is yours by proof: add it and publish its DNS records first."""

    code = "domain_not_usable"


class DomainExists(Conflict):
    """You have added this domain already."""

    code = "domain_exists"


class DomainTaken(Conflict):
    """Another account has proven that it owns this domain, or the one above it: remove it there first."""

    code = "domain_taken"


class DomainInUse(Conflict):
    """The domain still has mailboxes: delete them first."""

    code = "domain_in_use"


class ClaimExpired(Conflict):
    """The domain was not proven within 30 days of being added: add it again, and publish the new proof."""

    code = "claim_expired"


class RotationUnderWay(Conflict):
    """The DKIM keys are being replaced already, or mail that the last ones signed is still under way: wait."""

    code = "dkim_rotation_under_way"


class NotProven(Conflict):
    """The domain is not proven yet: publish the proof of ownership first."""

    code = "domain_not_proven"
