"""The operations of the public API, read from its document."""

import re
from typing import Any, Literal

import msgspec

Kind = Literal["client", "agency", "operator"]

_OWNERS: dict[str, Kind] = {"fleet": "operator", "clients": "agency", "plans": "agency"}
"""Which kind of tenant has what a scope is about; all else is a client's."""

_BRAND = "/v1/account/brand"
"""Who has clients has a brand."""


class Operation(msgspec.Struct, frozen=True):
    """One method at one address."""

    id: str
    method: str
    path: str
    scope: str | None
    """None: any key may ask."""
    takes_body: bool
    body_fields: tuple[str, ...]
    """The names in its body, at the first level."""

    answers: dict[str, Any]
    """What it may answer, by the status."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Name what stands in the address."""
        return tuple(re.findall(r"\{(\w+)\}", self.path))

    @property
    def owner(self) -> Kind:
        """Say whose things it is about."""
        if self.path.startswith(_BRAND):
            return "agency"
        return _OWNERS.get((self.scope or "").partition(":")[0], "client")

    @property
    def changes(self) -> bool:
        """Say whether something may be different afterwards."""
        return self.method != "get"

    def url(self, values: dict[str, str]) -> str:
        """Fill in the address."""
        return self.path.format(**values)


def operations_of(document: dict[str, Any]) -> list[Operation]:
    """List the operations that need a key."""
    return [
        _operation(path, method, described, document["components"]["schemas"])
        for path, methods in document["paths"].items()
        for method, described in methods.items()
        if described["security"]
    ]


def _operation(path: str, method: str, described: dict[str, Any], schemas: dict[str, Any]) -> Operation:
    scopes = described["security"][0]["key"]
    content = described.get("requestBody", {}).get("content", {})
    schema = next(iter(content.values()))["schema"] if content else {}
    schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return Operation(
        id=described["operationId"],
        method=method,
        path=path,
        scope=scopes[0] if scopes else None,
        takes_body=bool(content),
        body_fields=tuple(schema.get("properties", ())),
        answers=described["responses"],
    )
