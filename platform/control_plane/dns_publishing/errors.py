"""What can be wrong with publishing."""

from control_plane.core.errors import Conflict, NotFound, TooMany


class SharedLinkOver(NotFound):
    """The link is over: it was withdrawn, or its two weeks have passed. Ask whoever sent it for a new one."""

    code = "shared_link_over"


class TooManySharedLinks(Conflict):
    """Twenty links to this domain's records are open: withdraw some that nobody needs any more."""

    code = "too_many_shared_links"


class SharedEnough(TooMany):
    """Enough links were mailed for a day, to this address or by you: hand the link over yourself."""

    code = "shared_enough"


class TooManyConnections(Conflict):
    """Fifty DNS providers are connected: remove one that you no longer use."""

    code = "too_many_dns_providers"


class PublicationUnderWay(Conflict):
    """Records of the domain are being published just now: wait until that is done."""

    code = "publication_under_way"


class NotAtThisPoint(Conflict):
    """The publication is not at a point where this can be done: read it again and see how it stands."""

    code = "publication_not_at_this_point"
