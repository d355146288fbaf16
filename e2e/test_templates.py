"""Templates, from what somebody wrote to what arrives: filled in, laid out, published, tried out."""

import time
from collections.abc import Iterator
from email import policy
from email.parser import BytesParser
from typing import Any

import httpx
import pytest

from e2e.conftest import Up
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.reading import read, text_of
from e2e.test_mailbox_journey import imap
from fleetpost_client import Client, Refused, types

DATA = {
    "name": "Ann <b>Otter</b>",
    "items": [{"title": "Wool socks", "price": "£12.00"}, {"title": "Tea", "price": "£3"}],
}
BOMB = "{% for a in (1..20000) %}{% for b in (1..20000) %}{{ a | times: b }}{% endfor %}{% endfor %}"


class Shelf:
    """Makes templates, and throws them away at the end."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._made: list[str] = []

    def make(self, **fields: Any) -> types.Template:
        """Make a template."""
        made = self._client.create_template(types.NewTemplate(**fields))
        self._made.insert(0, made.id)  # layouts go last
        return made

    def clear(self) -> None:
        """Delete them."""
        for template_id in self._made:
            self._client.delete_template(template_id)


@pytest.fixture
def shelf(fleetpost: Client) -> Iterator[Shelf]:
    kept = Shelf(fleetpost)
    yield kept
    kept.clear()


def send(client: Client, up: Up, to: str, template_id: str, **fields: Any) -> str:
    """Send a template to somebody."""
    data = fields.pop("data", DATA)
    new = types.NewMessage(
        sender=types.EmailAddress(email=up.mailbox),
        to=[types.EmailAddress(email=to)],
        template=types.TemplateUse(id=template_id, data=data),
        **fields,
    )
    return client.send_message(new).id


def test_a_message_arrives_filled_in_within_its_layout(
    lab: Lab, up: Up, fleetpost: Client, shelf: Shelf, unique: str
) -> None:
    layout = shelf.make(
        name=f"Layout {unique}",
        kind="layout",
        html="<html><body><h1>{{ subject }}</h1>{{ content }}<hr>Acme</body></html>",
        text="{{ content }}\n-- \nAcme",
    )
    order = shelf.make(
        name=f"Order {unique}",
        subject="{{ items.size }} things for {{ name }}",
        html="<ul>{% for item in items %}<li>{{ item.title }}: {{ item.price }}</li>{% endfor %}</ul><p>{{ name }}</p>",
        text="{% for item in items %}{{ item.title }}: {{ item.price }}\n{% endfor %}{{ name }}",
        layout_id=layout.id,
    )
    recipient = f"bob+{unique}@else.test"
    send(fleetpost, up, recipient, order.id)
    (mail,) = lab.outside.wait_for_mail(recipient)
    message = read(mail)
    assert message["Subject"] == "2 things for Ann <b>Otter</b>"
    html, text = text_of(message, "html"), text_of(message)
    assert "<li>Wool socks: £12.00</li><li>Tea: £3</li>" in html
    assert "<p>Ann &lt;b&gt;Otter&lt;/b&gt;</p>" in html
    assert "<b>" not in html
    assert "<hr>Acme</body>" in html
    assert "Wool socks: £12.00\nTea: £3\nAnn <b>Otter</b>" in text
    assert text.rstrip().endswith("-- \nAcme")
    assert mail.verdicts.dkim == "pass"


def test_a_value_can_neither_break_the_subject_nor_add_a_header(
    lab: Lab, up: Up, fleetpost: Client, shelf: Shelf, unique: str
) -> None:
    made = shelf.make(name=f"Line {unique}", subject="For {{ name }}", text="x")
    recipient = f"bob+{unique}@else.test"
    send(fleetpost, up, recipient, made.id, data={"name": "Ann\r\nBcc: everybody@else.test"})
    (mail,) = lab.outside.wait_for_mail(recipient)
    message = read(mail)
    assert message["Bcc"] is None
    assert message["Subject"].startswith("For Ann")


def test_names_without_data_are_reported_or_refuse_the_message(
    lab: Lab, up: Up, fleetpost: Client, shelf: Shelf, unique: str
) -> None:
    lenient = shelf.make(name=f"Lenient {unique}", subject="Hi {{ name }}", text="You owe {{ order.total }}.")
    preview = fleetpost.preview_template(lenient.id, types.PreviewRequest(data={"name": "Ann"}))
    assert preview.undefined == ["order.total"]
    assert preview.text == "You owe ."
    strict = shelf.make(name=f"Strict {unique}", subject="Hi", text="You owe {{ order.total }}.", undefined="strict")
    recipient = f"bob+{unique}@else.test"
    with pytest.raises(Refused) as refused:
        send(fleetpost, up, recipient, strict.id, data={"order": {}})
    assert [error.path for error in refused.value.problem.errors] == ["template.data.order.total"]
    send(fleetpost, up, recipient, lenient.id, data={})
    (mail,) = lab.outside.wait_for_mail(recipient)
    assert text_of(read(mail)).strip() == "You owe ."


def test_a_new_version_is_sent_once_it_is_published(
    lab: Lab, up: Up, fleetpost: Client, shelf: Shelf, unique: str
) -> None:
    made = shelf.make(name=f"Versions {unique}", subject="First", text="x")
    fleetpost.change_template(made.id, types.TemplateChange(subject="Second"))
    recipient = f"bob+{unique}@else.test"
    send(fleetpost, up, recipient, made.id)
    lab.outside.wait_for_mail(recipient)
    fleetpost.publish_template(made.id, types.VersionChoice(version=2))
    send(fleetpost, up, recipient, made.id)
    lab.outside.wait_for_mail(recipient, count=2)
    fleetpost.publish_template(made.id, types.VersionChoice(version=1))
    send(fleetpost, up, recipient, made.id, subject="My own")
    mails = lab.outside.wait_for_mail(recipient, count=3)
    assert [read(mail)["Subject"] for mail in mails] == ["First", "Second", "My own"]


def test_mjml_arrives_as_html(lab: Lab, up: Up, fleetpost: Client, shelf: Shelf, unique: str) -> None:
    column = "<mj-section><mj-column><mj-text>Hi {{ name }}</mj-text></mj-column></mj-section>"
    made = shelf.make(name=f"MJML {unique}", subject="Hi", mjml=f"<mjml><mj-body>{column}</mj-body></mjml>")
    recipient = f"bob+{unique}@else.test"
    send(fleetpost, up, recipient, made.id)
    (mail,) = lab.outside.wait_for_mail(recipient)
    html = text_of(read(mail), "html")
    assert "Hi Ann &lt;b&gt;Otter&lt;/b&gt;" in html
    assert "<table" in html
    assert "<mj" not in html
    assert "Hi Ann" in text_of(read(mail))


def test_a_test_comes_to_ones_own_mailbox_and_to_no_stranger(
    lab: Lab, up: Up, fleetpost: Client, shelf: Shelf, unique: str
) -> None:
    made = shelf.make(
        name=f"Test {unique}", subject=f"Trial {unique}", text="Hi {{ name }}", sample_data={"name": "Zoë"}
    )
    ann = types.EmailAddress(email=up.mailbox)
    fleetpost.test_send_template(made.id, types.TestSend(sender=ann, to=[up.mailbox]))

    def find() -> bytes | None:
        with imap(lab, up, up.mailbox, up.mailbox_password) as client:
            client.select("INBOX")
            numbers = client.search(None, "SUBJECT", f'"Trial {unique}"')[1][0].split()
            parts = client.fetch(numbers[-1].decode(), "(RFC822)")[1] if numbers else []
            return next((part[1] for part in parts if isinstance(part, tuple)), None)

    raw = wait_until(find, "the test is in the mailbox", seconds=20)
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert message["Subject"] == f"[Test] Trial {unique}"
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Hi Zoë"
    with pytest.raises(Refused) as refused:
        fleetpost.test_send_template(made.id, types.TestSend(sender=ann, to=["bob@else.test"]))
    assert refused.value.problem.status == 422


def test_a_template_that_never_ends_is_refused_and_holds_nobody_up(
    api: httpx.Client, up: Up, fleetpost: Client, shelf: Shelf, unique: str
) -> None:
    def go_off() -> None:
        made = shelf.make(name=f"Bomb {unique}", subject="Boom", text=BOMB)
        send(fleetpost, up, f"bob+{unique}@else.test", made.id)

    started = time.monotonic()
    with pytest.raises(Refused) as refused:
        go_off()
    assert refused.value.problem.status == 422
    assert time.monotonic() - started <= 1.0
    assert api.get("/v1/messages", params={"recipient": f"bob+{unique}@else.test"}).json()["data"] == []
