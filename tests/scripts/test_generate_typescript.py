"""How schemas and operations become TypeScript."""

import pytest

from control_plane.core.openapi import Json, Object
from scripts.generate_client import render_typescript
from scripts.generate_client.typescript_types import interfaces, type_of


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": "string"}, "string"),
        ({"type": ["null", "string"], "format": "date-time"}, "string | null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Ip"}}, "Array<Ip>"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "Record<string, string>"),
        ({"type": "object"}, "Record<string, unknown>"),
        ({"type": "string", "enum": ["a", 'b"*/']}, '"a" | "b\\"*/"'),
        ({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Ip"}]}, "Ip | null"),
        ({"type": ["integer", "number"]}, "number"),
        ({}, "unknown"),
    ],
)
def test_a_schema_is_written_as_a_type(schema: Json, written: str) -> None:
    assert type_of(schema) == written


def test_what_need_not_be_said_is_marked_and_nothing_ends_a_comment_early() -> None:
    [written] = interfaces(
        {
            "NewThing": {
                "description": "A thing.",
                "properties": {
                    "name": {"type": "string", "description": "Not */ code"},
                    "size": {"type": "integer", "default": 3},
                    "at": {"type": "string", "format": "date-time"},
                },
                "required": ["name"],
            }
        }
    )
    assert written.splitlines() == [
        "/** A thing. */",
        "export interface NewThing {",
        "  /** Not *\\/ code */",
        "  name: string;",
        "  /** By default 3. */",
        "  size?: number;",
        "  /** RFC 3339. */",
        "  at?: string;",
        "}",
    ]


def _document() -> Object:
    page: Json = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingPage"}}}}
    thing: Json = {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
    return {
        "components": {"schemas": {"ThingPage": {"properties": {"data": thing}}, "Thing": {"properties": {}}}},
        "paths": {
            "/v1/things/{thing_id}/parts": {
                "get": {
                    "operationId": "listThingParts",
                    "description": "List\n  parts.",
                    "security": [{"key": []}],
                    "parameters": [
                        {"name": "after", "in": "query", "schema": {"type": ["string", "null"]}},
                        {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string"}},
                        {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}},
                    ],
                    "responses": {"200": page},
                }
            },
            "/open": {"get": {"operationId": "open", "security": []}},
        },
    }


def test_a_list_has_a_method_for_a_page_and_one_for_all() -> None:
    client = render_typescript(_document())["client.ts"]
    options = "{ after?: string; ifNoneMatch?: string } & CallOptions = {}"
    assert (
        f"  async listThingParts(\n    thingId: string,\n    options: {options},\n  ): Promise<api.ThingPage> {{"
        in client
    )
    assert "path: `/v1/things/${segment(thingId)}/parts`," in client
    assert 'headers: { "If-None-Match": options.ifNoneMatch },' in client
    assert f"  iterThingParts(\n    thingId: string,\n    options: {options},\n  ): Pages<api.Thing> {{" in client
    assert "open(" not in client
