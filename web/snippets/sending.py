"""A message as programs send it: by the API, and by SMTP."""

from email.utils import formataddr

import msgspec

from control_plane.core.openapi import Json, Object, as_object
from control_plane.messages.schemas import EmailAddress, NewMessage
from web.snippets.calls import KEY, Place, Snippet, curl_command, node_call, node_program, python_call, python_program
from web.snippets.literals import Call, Value, python

_OPERATION = "sendMessage"
_ADDRESS = "types.EmailAddress"
_TYPES = {"from": _ADDRESS, "to": _ADDRESS, "cc": _ADDRESS, "bcc": _ADDRESS, "template": "types.TemplateUse"}
_STREAM, _TAG, _METADATA = "X-Fleetpost-Stream", "X-Fleetpost-Tag", "X-Fleetpost-Metadata-"
_KEY_ID = "FLEETPOST_KEY_ID"


def sending(place: Place, mail: NewMessage) -> tuple[Snippet, ...]:
    """Send a message; one that is made from a template cannot be submitted by SMTP."""
    body = _body(mail)
    typed = Call("types.NewMessage", {name: _typed(name, value) for name, value in body.items()})
    by_api = (
        curl_command("POST", f"{place.url}/v1/messages", body),
        python_program(place.url, python_call(_OPERATION, [typed]), "id"),
        node_program(place.url, node_call(_OPERATION, [body]), "id"),
    )
    return by_api if mail.template else (*by_api, _by_smtp(place, mail))


def _body(mail: NewMessage) -> Object:
    """Give the message's JSON without what it is anyway."""
    usual, told = _json(NewMessage(sender=mail.sender)), _json(mail)
    return {name: _short(name, value) for name, value in told.items() if name == "from" or value != usual[name]}


def _json(mail: NewMessage) -> Object:
    return as_object(msgspec.json.decode(msgspec.json.encode(mail)))


def _short(name: str, value: Json) -> Json:
    """Leave out names that an address has not."""
    if isinstance(value, list):
        return [_short(name, each) for each in value]
    if isinstance(value, dict) and _TYPES.get(name) == _ADDRESS:
        return {field: text for field, text in value.items() if text}
    return value


def _typed(name: str, value: Json) -> Value:
    """Say of a field which type of the Python client's it has."""
    if isinstance(value, list):
        return [_typed(name, each) for each in value]
    if isinstance(value, dict) and name in _TYPES:
        return Call(_TYPES[name], {field: _typed("", each) for field, each in value.items()})
    return value  # type: ignore[return-value]  # JSON holds no calls


def _by_smtp(place: Place, mail: NewMessage) -> Snippet:
    lines = [f"mail[{python(name)}] = {python(_one_line(value))}" for name, value in _headers(mail)]
    text = f"""import os
import smtplib
import ssl
from email.message import EmailMessage

mail = EmailMessage()
{chr(10).join(lines)}
mail.set_content({python(mail.text or "")})

with smtplib.SMTP_SSL({python(place.smtp_host)}, 465, context=ssl.create_default_context()) as client:
    client.login(os.environ["{_KEY_ID}"], os.environ["{KEY}"])
    client.send_message(mail)"""
    return Snippet("SMTP", text)


def _headers(mail: NewMessage) -> list[tuple[str, str]]:
    told = [("From", _address(mail.sender))]
    for name, addresses in (("To", mail.to), ("Cc", mail.cc), ("Bcc", mail.bcc)):
        told += [(name, ", ".join(map(_address, addresses)))] if addresses else []
    told += [("Subject", mail.subject)]
    told += [(_STREAM, mail.stream)] if mail.stream == "broadcast" else []
    told += [(_TAG, tag) for tag in mail.tags]
    return told + [(_METADATA + name, value) for name, value in mail.metadata.items()]


def _address(address: EmailAddress) -> str:
    name, email = _one_line(address.name), address.email
    return formataddr((name, email)) if name.isascii() and email.isascii() else f'"{name}" <{email}>'


def _one_line(text: str) -> str:
    """Give what may stand in a header."""
    return " ".join(text.split())
