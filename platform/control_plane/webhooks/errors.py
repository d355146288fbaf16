"""What can be wrong with a webhook."""

from control_plane.core.errors import Conflict


class TooManyWebhooks(Conflict):
    """A tenant has at most 50 webhooks: delete one that you no longer use."""

    code = "too_many_webhooks"
