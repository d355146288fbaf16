"""One call of the API as a program: with curl, and with the clients for Python and Node.js."""

import msgspec

from control_plane.core.openapi import Json, snake
from web.snippets.literals import Value, javascript, json_text, python, shell

KEY = "FLEETPOST_API_KEY"
"""Where programs find their key: it stands in no code."""

_CURL, _PYTHON, _NODE = "curl", "Python", "Node.js"


class Snippet(msgspec.Struct, frozen=True):
    """A few lines to be copied."""

    language: str
    text: str


class Place(msgspec.Struct, frozen=True):
    """Where the reader's programs reach us."""

    url: str
    smtp_host: str = ""


def curl(method: str, url: str, body: Json) -> str:
    """Write the command."""
    lines = [f"curl{'' if method == 'GET' else f' -X {method}'} {shell(url)}", f'-H "Authorization: Bearer ${KEY}"']
    if body is not None:
        lines += ["-H 'Content-Type: application/json'", f"-d {shell(json_text(body))}"]
    return " \\\n  ".join(lines)


def python_call(operation_id: str, arguments: list[Value]) -> str:
    """Write the call by the Python client."""
    return f"client.{snake(operation_id)}({', '.join(map(python, arguments))})"


def node_call(operation_id: str, arguments: list[Json]) -> str:
    """Write the call by the TypeScript client."""
    return f"await client.{operation_id}({', '.join(map(javascript, arguments))})"


def python_program(url: str, call: str, shown: str) -> Snippet:
    """Write the whole program, which prints a field of what came."""
    imports = "Client, types" if "types." in call else "Client"
    text = f"""import os

from fleetpost_client import {imports}

client = Client({python(url)}, os.environ["{KEY}"])
answer = {call}
print(answer.{shown})"""
    return Snippet(_PYTHON, text)


def node_program(url: str, call: str, shown: str) -> Snippet:
    """Write the whole program, which prints a field of what came."""
    text = f"""import {{ Client }} from "fleetpost-client";

const client = new Client({javascript(url)}, process.env.{KEY});
const answer = {call};
console.log(answer.{shown});"""
    return Snippet(_NODE, text)


def curl_command(method: str, url: str, body: Json) -> Snippet:
    """Write the command that asks for it."""
    return Snippet(_CURL, curl(method, url, body))


def asking(place: Place) -> tuple[Snippet, ...]:
    """Ask whose key it is: what every key may do."""
    return (
        curl_command("GET", f"{place.url}/v1/me", None),
        python_program(place.url, python_call("getMe", []), "tenant.name"),
        node_program(place.url, node_call("getMe", []), "tenant.name"),
    )
