"""What can be wrong with a place in the tree."""

from http import HTTPStatus

from control_plane.core.errors import Conflict, Refused


class SlugTaken(Conflict):
    """Another account has this short name already: choose another one, or leave it out."""

    code = "slug_taken"


class NotAnAgency(Refused):
    """Only agencies have clients below them: put it below an agency, or turn to your provider."""

    code = "not_an_agency"
    status = HTTPStatus.CONFLICT


class WouldBeItsOwnAncestor(Conflict):
    """An agency cannot stand below itself or one of its own clients: choose an agency outside of it."""

    code = "would_be_its_own_ancestor"


class TooDeep(Conflict):
    """The tree of agencies would be too deep: put it further up."""

    code = "tree_too_deep"


class HasClients(Conflict):
    """The agency still has clients: move them to another agency or close them first."""

    code = "has_clients"


class Ending(Conflict):
    """The account is being closed: reopen it first."""

    code = "account_closing"


class AlreadyErasing(Conflict):
    """The time to reopen this account is over: its data is being erased."""

    code = "account_erased"


class CannotClose(Conflict):
    """The operator's own account is the platform's root and cannot be closed."""

    code = "cannot_close_operator"


class GrantExists(Conflict):
    """The provider may act for you already: change its role instead."""

    code = "grant_exists"
