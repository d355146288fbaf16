"""`/oauth/token`: where programs trade a key for an access token."""

from urllib.parse import parse_qsl

from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.enums import MediaType
from litestar.types import ControllerRouterHandler

from control_plane.accounts import oauth
from control_plane.accounts.oauth import TokenAnswer, TokenRequest
from control_plane.core.origin import client_address
from control_plane.core.rate_limit import limit_by_address

_BODY_MAX_BYTES = 16 * 1024
_FIELDS_MAX = 20
_FORM = "application/x-www-form-urlencoded"


@post(
    oauth.PATH,
    status_code=200,
    include_in_schema=False,
    request_max_body_size=_BODY_MAX_BYTES,
    guards=[limit_by_address("oauth-token", per_minute=120, burst=120)],
)
async def give_access_token(request: Request[object, object, State], state: State) -> Response[dict[str, object]]:
    """Give an access token by client credentials; errors are those of RFC 6749 §5.2."""
    form = _form(request.headers.get("content-type", ""), await request.body())
    if form is None:
        answer = _UNREADABLE
    else:
        asked = TokenRequest(form, request.headers.get("authorization", ""))
        answer = await oauth.give_token(state.key_ring, state.access_tokens, asked, client_address(request.scope))
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-type"}
    return Response(dict(answer.body), status_code=answer.status, headers=headers, media_type=MediaType.JSON)


_UNREADABLE = TokenAnswer(
    400,
    {"error": "invalid_request", "error_description": f"Send {_FORM} with each field once."},
    {"Cache-Control": "no-store", "Pragma": "no-cache"},
)


def _form(content_type: str, body: bytes) -> dict[str, str] | None:
    """Read the fields; None when it is no form, or has a field twice (RFC 6749 §3.2)."""
    if content_type.partition(";")[0].strip().lower() != _FORM:
        return None
    try:
        fields = parse_qsl(body.decode(), max_num_fields=_FIELDS_MAX, errors="strict")
    except ValueError:
        return None
    form = dict(fields)
    return form if len(form) == len(fields) else None


HANDLERS: list[ControllerRouterHandler] = [give_access_token]
