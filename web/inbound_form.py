"""The form of an inbound route, and what it asks for."""

import msgspec

from control_plane.core.body import field_errors
from control_plane.core.errors import Invalid
from control_plane.inbound_routes.schemas import InboundRoute, InboundRouteChange, NewInboundRoute

FIELDS = {
    "name": "name",
    "match.address": "value",
    "match.domain": "value",
    "match.name": "header",
    "match.pattern": "pattern",
    "match.type": "kind",
    "action.webhook_id": "webhook_id",
    "action.mailbox": "mailbox",
    "action.to": "to",
    "action": "action",
}


_ACTION_FIELDS = {"webhook": "webhook_id", "mailbox": "mailbox", "forward": "to"}


class InboundForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was filled in."""

    name: str = ""
    kind: str = "address"
    value: str = ""
    header: str = ""
    pattern: str = ""
    action: str = "webhook"
    webhook_id: str = ""
    mailbox: str = ""
    to: str = ""

    @classmethod
    def of(cls, route: InboundRoute) -> "InboundForm":
        """Fill in what a route is."""
        return cls(
            name=route.name,
            kind=route.match.type,
            value=route.match.address or route.match.domain or "",
            header=route.match.name or "",
            pattern=route.match.pattern or "",
            action=route.action.type,
            webhook_id=route.action.webhook_id or "",
            mailbox=route.action.mailbox or "",
            to=route.action.to or "",
        )

    def new(self, priority: int) -> NewInboundRoute:
        """Make the route that was asked for; raises `Invalid`."""
        given = self.given() | {"priority": min(priority, 100_000)}
        _check(given, NewInboundRoute)
        return msgspec.convert(given, NewInboundRoute)

    def change(self, present: "InboundForm") -> InboundRouteChange:
        """Make the change that was asked for, of what is not at present as it was filled in; raises `Invalid`."""
        was = present.given()
        given = {name: value for name, value in self.given().items() if value != was[name]}
        _check(given, InboundRouteChange)
        return msgspec.convert(given, InboundRouteChange)

    def given(self) -> dict[str, object]:
        """Give what was filled in, in the API's words."""
        match: dict[str, object] = {"type": self.kind}
        if self.kind == "header":
            match |= {"name": self.header.strip(), "pattern": self.pattern.strip()}
        else:
            match |= {"address" if self.kind == "address" else "domain": self.value.strip()}
        action: dict[str, object] = {"type": self.action}
        field = _ACTION_FIELDS.get(self.action)
        if field is not None:
            action[field] = getattr(self, field).strip()
        return {"name": self.name.strip(), "match": match, "action": action}


def _check(given: dict[str, object], wanted: type[msgspec.Struct]) -> None:
    errors = field_errors(given, wanted)
    if errors:
        raise Invalid(errors=tuple(errors))
