"""Why a report cannot be read."""


class Unreadable(ValueError):
    """The mail holds no report that could be read; the message says why, for whoever looks for it."""
