"""Query parameters: one that a route does not know is refused, so that a misspelt filter does not show everything."""

from litestar import Request
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import ParameterKwarg

from control_plane.core.auth import Subject
from control_plane.core.errors import FieldError, Invalid


def refuse_unknown_parameters(request: Request[Subject, None, State]) -> None:
    """Raise `Invalid` if the address has a parameter that the route does not take; a hook before requests."""
    unknown = request.query_params.keys() - _known(request.route_handler) if request.url.query else set()
    if unknown:
        message = "There is no such parameter: check its spelling."
        raise Invalid(errors=tuple(FieldError(name, message) for name in sorted(unknown)))


def _known(handler: HTTPRouteHandler) -> set[str]:
    fields = handler.parsed_fn_signature.parameters.items()
    kwargs = ((name, field.kwarg_definition) for name, field in fields)
    return {kwarg.name or name for name, kwarg in kwargs if isinstance(kwarg, ParameterKwarg)}
