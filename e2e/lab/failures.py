"""What the lab tells a human when it cannot go on."""


class LabError(Exception):
    """The lab could not be brought up or taken down; the message says what is wrong and what to do."""
