"""What stands in the way of changing a message, and of seeing it again."""

from http import HTTPStatus

from control_plane.core.errors import Conflict, Forbidden, Refused


class MessageOnItsWay(Conflict):
    """Nothing of this message waits here any more: a node has it, or it was delivered. It cannot be called back."""

    code = "message_on_its_way"


class NotScheduled(Conflict):
    """Nothing of this message is scheduled: it was sent or cancelled, or it never was."""

    code = "message_not_scheduled"


class NotHeld(Conflict):
    """Nothing of this message is held over a limit, so there is nothing to release."""

    code = "message_not_held"


class HeldByMeasure(Conflict):
    """The stream is paused because of its figures: it goes when the pause ends, or when your provider releases it."""

    code = "held_by_measure"


class ContentGone(Refused):
    """What this message said is not kept any more; what became of it is. How long that is, your settings say."""

    code = "content_gone"
    status = HTTPStatus.GONE


class TooManyActs(Conflict):
    """Three acts on many messages are under way already: wait until one of them is done."""

    code = "too_many_acts"


class TooManyScheduled(Forbidden):
    """Too many messages of yours are scheduled already: wait until some of them are sent, or cancel some."""

    code = "too_many_scheduled"
