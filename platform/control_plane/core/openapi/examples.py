"""Examples that look like life, made from a schema: a field's name says what it holds, its type what fits."""

from control_plane.core.openapi.tree import Json, Object, as_list, as_object, resolved

_BY_NAME: Object = {
    "accepted_at": "2026-03-02T09:30:00.120Z",
    "address": "ann@acme.test",
    "content": "JVBERi0xLjcK",
    "content_type": "application/pdf",
    "domain": "acme.test",
    "email": "ann@acme.test",
    "events": ["message.delivered", "message.bounced"],
    "expires_at": "2027-03-02T09:30:00Z",
    "filename": "invoice.pdf",
    "from": {"email": "ann@acme.test", "name": "Ann"},
    "headers": {"X-Order": "1842"},
    "hostname": "out1.example.net",
    "html": "<p>Your order is on its way.</p>",
    "locale": "en",
    "metadata": {"order": "1842"},
    "next": None,
    "password": "correct horse battery",
    "reason": "Unpaid invoices",
    "recipient": "bob@else.test",
    "region": "eu-1",
    "reply": "250 2.0.0 Ok: queued as 4fKq2w",
    "scopes": ["messages:read", "messages:write"],
    "secrets": ["whsec_C2FVsBQIhrscChlQIMV"],
    "service_address": "10.0.0.7",
    "slug": "acme",
    "subject": "Your order",
    "tags": ["order"],
    "text": "Your order is on its way.",
    "to": [{"email": "bob@else.test", "name": "Bob"}],
    "token": "fpe_0d3v…",
    "url": "https://acme.test/hooks/fleetpost",
}
_IN_SCHEMA: Object = {
    "Domain.name": "acme.test",
    "NewDomain.name": "acme.test",
    "NewNode.name": "node-1",
    "Node.name": "node-1",
    "NewApiKey.name": "Shop",
    "ApiKey.name": "Shop",
}
_ID = "0698tc9u7kd5o3r1qf8hqk2m40"
_PREFIXES = {
    "mailbox": "mbx", "message": "msg", "domain": "dom", "webhook": "whk", "client": "ten", "tenant": "ten",
    "parent": "ten", "user": "usr", "member": "usr", "invitation": "inv", "key": "key", "plan": "pln", "node": "nod",
    "delivery": "dlv", "event": "evt", "pool": "pool", "ip": "ip",
    "template": "tpl", "layout": "tpl",
}  # fmt: skip
_OF_FORMAT: Object = {
    "date-time": "2026-03-02T09:30:00Z",
    "date": "2026-03-02",
    "uuid": "01951b2f-3c6e-7a91-8f6a-0d9f1c2b3a4d",
    "duration": "PT5M",
}
_DEEPEST = 6


def example_of(schema: Object, schemas: Object, *, name: str = "", only_needed: bool = False) -> Json:
    """Make an example; `only_needed` leaves out what has a default, as one would in a request."""
    return _Maker(schemas, only_needed=only_needed).make(schema, name, 0)


class _Maker:
    def __init__(self, schemas: Object, *, only_needed: bool) -> None:
        self._schemas = schemas
        self._only_needed = only_needed

    def make(self, schema: Object, name: str, depth: int) -> Json:
        owner = str(schema.get("$ref", "")).rpartition("/")[2]
        schema = resolved(schema, self._schemas)
        if (told := schema.get("examples", schema.get("enum"))) and isinstance(told, list):
            return told[0]
        kinds = schema.get("oneOf")
        if isinstance(kinds, list):
            return self.make(as_object(kinds[0]), name, depth)
        if "properties" in schema:
            return self._object(schema, owner, depth)
        return self._leaf(schema, name, depth)

    def _object(self, schema: Object, owner: str, depth: int) -> Json:
        needed, made = as_list(schema.get("required", [])), dict[str, Json]()
        for field, inner in as_object(schema["properties"]).items():
            if depth >= _DEEPEST or (self._only_needed and needed and field not in needed and field not in _TOLD):
                continue
            if f"{owner}.{field}" in _IN_SCHEMA:
                made[field] = _IN_SCHEMA[f"{owner}.{field}"]
            else:
                made[field] = self._field(as_object(inner), field, owner, depth)
        return made

    def _field(self, schema: Object, field: str, owner: str, depth: int) -> Json:
        if field == "id" or field.endswith("_id"):
            return _id_of(owner if field == "id" else field.removesuffix("_id"))
        plain = resolved(schema, self._schemas)
        if field in _BY_NAME and _fits(_BY_NAME[field], plain):
            return _BY_NAME[field]
        return self.make(schema, field, depth + 1)

    def _leaf(self, schema: Object, name: str, depth: int) -> Json:
        kind = schema.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if schema.get("default") is not None and schema["default"] != "":
            return schema["default"]
        if kind == "array":
            return [self.make(as_object(schema.get("items", {})), name.removesuffix("s"), depth + 1)]
        if kind == "integer":
            return schema.get("minimum") or 1
        plain: Object = {"number": 0.5, "boolean": True, "object": {}, "null": None}
        return plain[kind] if isinstance(kind, str) and kind in plain else self._text(schema, name)

    @staticmethod
    def _text(schema: Object, name: str) -> Json:
        told = schema.get("format")
        if isinstance(told, str) and told in _OF_FORMAT:
            return _OF_FORMAT[told]
        return _BY_NAME.get(name, "Ann" if name == "name" else name.replace("_", " ") or "text")


_TOLD = {"subject", "text", "to", "events", "name"}
"""Fields that have a default, and that an example is poor without."""


def _fits(value: Json, schema: Object) -> bool:
    kinds = schema.get("type", "object" if "properties" in schema else "")
    types: dict[str, type] = {"string": str, "array": list, "object": dict, "null": type(None)}
    return any(isinstance(value, types.get(str(kind), ())) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _id_of(owner: str) -> str:
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in owner).split("_")
    return next((f"{_PREFIXES[word]}_{_ID}" for word in reversed(words) if word in _PREFIXES), _ID)
