"""What stands in the way of appeals and measures."""

from control_plane.core.errors import Conflict


class NothingToAppeal(Conflict):
    """There is no measure on your mail, so there is nothing to appeal against."""

    code = "nothing_to_appeal"


class AppealOpen(Conflict):
    """You have appealed already: wait for the answer."""

    code = "appeal_open"


class AppealTooSoon(Conflict):
    """Your last appeal was declined less than a day ago: change what it was declined for, then write again."""

    code = "appeal_too_soon"


class AppealAnsweredAlready(Conflict):
    """Somebody has answered this appeal already."""

    code = "appeal_answered"
