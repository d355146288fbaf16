"""Why a page cannot be opened before something else was done; `web.errors` leads there."""

from control_plane.core.errors import Unauthenticated


class SignInNeeded(Unauthenticated):
    """Sign in to see this page."""

    code = "sign_in_needed"


class IdentityUnconfirmed(Unauthenticated):
    """Confirm that it is you: this needs a proof of the last ten minutes."""

    code = "identity_unconfirmed"
