"""How programs submit mail with an API key: where they connect to, and examples in a few languages."""

from collections.abc import Sequence

import msgspec

from web.snippets import Snippet

_SENDER = "ann@example.com"
_SWAKS = """\
swaks --server {host}:587 --tls --tls-verify --auth PLAIN \\
  --auth-user {user} --auth-password {secret} \\
  --from {sender} --to {recipient} \\
  --header 'Subject: Hello' --header 'X-Fleetpost-Tag: first' --body 'It works.'"""
_PYTHON = """\
import smtplib
import ssl
from email.message import EmailMessage

mail = EmailMessage()
mail["From"], mail["To"], mail["Subject"] = "{sender}", "{recipient}", "Hello"
mail["X-Fleetpost-Tag"] = "first"
mail.set_content("It works.")

with smtplib.SMTP_SSL("{host}", 465, context=ssl.create_default_context()) as client:
    client.login("{user}", "{secret}")
    client.send_message(mail)"""
_NODE = """\
import nodemailer from "nodemailer";

const transport = nodemailer.createTransport({{
  host: "{host}", port: 465, secure: true, pool: true,
  auth: {{ user: "{user}", pass: "{secret}" }},
}});
await transport.sendMail({{
  from: "{sender}", to: "{recipient}", subject: "Hello",
  headers: {{ "X-Fleetpost-Tag": "first" }}, text: "It works.",
}});"""
_PHP = """\
use PHPMailer\\PHPMailer\\PHPMailer;

$mail = new PHPMailer(true);
$mail->isSMTP();
$mail->Host = '{host}';
$mail->Port = 465;
$mail->SMTPSecure = PHPMailer::ENCRYPTION_SMTPS;
$mail->SMTPAuth = true;
$mail->Username = '{user}';
$mail->Password = '{secret}';
$mail->setFrom('{sender}');
$mail->addAddress('{recipient}');
$mail->addCustomHeader('X-Fleetpost-Tag', 'first');
$mail->Subject = 'Hello';
$mail->Body = 'It works.';
$mail->send();"""
_TEXTS = {"swaks": _SWAKS, "Python": _PYTHON, "Node.js": _NODE, "PHP": _PHP}
_PLACE_OF_SECRET = "fp_…"  # noqa: S105 (what stands in the place of one)


class Access(msgspec.Struct, frozen=True):
    """All that a program has to be told."""

    host: str
    user: str
    examples: tuple[Snippet, ...]


def access(host: str, key_id: str, domains: Sequence[str] = (), secret: str = _PLACE_OF_SECRET) -> Access:
    """Describe how a key is used; examples write as the first of its domains, and to that author themselves."""
    sender = f"ann@{domains[0]}" if domains else _SENDER
    said = {"host": host, "user": key_id, "secret": secret, "sender": sender, "recipient": sender}
    return Access(host, key_id, tuple(Snippet(name, text.format(**said)) for name, text in _TEXTS.items()))
