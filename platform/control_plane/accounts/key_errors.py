"""What can be wrong with an API key."""

from control_plane.core.errors import Conflict, Forbidden


class TooManyApiKeys(Conflict):
    """You have as many keys as there can be: revoke those that nothing uses any more."""

    code = "too_many_api_keys"


class ApiKeyEnded(Conflict):
    """The key has expired, or was replaced by another: make a new one, or rotate the one that replaced it."""

    code = "api_key_ended"


class KeyTooOldForSmtp(Conflict):
    """The key was made before there was SMTP for keys: rotate it, and switch SMTP on for its successor."""

    code = "api_key_too_old_for_smtp"


class KeyBeyondYou(Forbidden):
    """The key may do more than you: ask somebody with its rights."""

    code = "api_key_beyond_you"
