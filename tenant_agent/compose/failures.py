"""Why a message cannot be written."""


class Unsendable(ValueError):
    """The content or an address of it cannot be written as mail; the text says what to change."""
