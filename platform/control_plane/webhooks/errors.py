"""What can be wrong with a webhook."""

from control_plane.core.errors import Conflict, TooMany


class TooManyWebhooks(Conflict):
    """A tenant has at most 50 webhooks: delete one that you no longer use."""

    code = "too_many_webhooks"


class WebhookDisabled(Conflict):
    """The webhook is disabled: set its status to active first."""

    code = "webhook_disabled"


class ReplayRunning(Conflict):
    """Another replay of this webhook is under way: wait until it is done."""

    code = "replay_running"


class ReplayTooLarge(Conflict):
    """A replay sends at most 100,000 events: choose a shorter time or fewer types."""

    code = "replay_too_large"


class TooManyTests(TooMany):
    """Several tests of your webhooks wait for an answer already: wait until one is over."""

    code = "too_many_webhook_tests"
