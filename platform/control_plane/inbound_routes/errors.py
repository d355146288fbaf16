"""What can be wrong with inbound routes and their mail."""

from control_plane.core.errors import Conflict, NotFound, TooMany


class TooManyRoutes(Conflict):
    """A tenant has at most 500 inbound routes: delete one that you no longer use."""

    code = "too_many_inbound_routes"


class NotHeld(Conflict):
    """The mail is not held: there is nothing to release or to throw away."""

    code = "inbound_message_not_held"


class ContentGone(NotFound):
    """The mail itself is not kept any more; what is known of it still is."""

    code = "inbound_content_gone"


class ForwardDeclined(Conflict):
    """The owner of this address has said that they do not want your mail: forward it elsewhere."""

    code = "forward_declined"


class TooManyAsked(TooMany):
    """Too many addresses, or this one too often, were asked whether they want your mail: try again tomorrow."""

    code = "too_many_forward_questions"


class NothingToAsk(Conflict):
    """The route forwards to no address whose owner is still to be asked."""

    code = "nothing_to_ask"


class NoWay(Conflict):
    """The mail's route passes nothing on: name a webhook to send it to."""

    code = "inbound_message_has_no_way"
