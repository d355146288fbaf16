"""Templates to begin with: finished, and filled with samples."""

from functools import cache
from pathlib import Path

import msgspec

from control_plane.core.languages import mark
from control_plane.templates.assembly import Assembled, Content
from control_plane.templates.schemas import Data, NewTemplate


class Starter(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    slug: str
    name: str
    description: str
    subject: str
    text: str
    sample_data: Data

    @property
    def mjml(self) -> str:
        """Read its MJML."""
        return _read(self.slug)

    @property
    def sample_html(self) -> str:
        """Fill it with its samples."""
        made = Assembled(Content(subject=self.subject, mjml=self.mjml, text=self.text))
        return made.render(self.sample_data).html or ""

    @property
    def template(self) -> NewTemplate:
        """Make a template of it."""
        return NewTemplate(
            name=self.name, subject=self.subject, mjml=self.mjml, text=self.text, sample_data=self.sample_data
        )


STARTERS = (
    Starter(
        slug="receipt",
        name=mark("Receipt"),
        description=mark("What was bought, what it cost, and where to ask."),
        subject="Your order {{ order.number }}",
        text="""Thank you, {{ customer.name | default: "friend" }}.

Order {{ order.number }}, {{ order.date | date: "%-d %B %Y" }}
{% for item in order.items %}
{{ item.quantity }} × {{ item.title }}: {{ item.price }}
{%- endfor %}

Total: {{ order.total }}, paid with {{ order.payment }}

See your order: {{ order.url }}

{{ shop.name }}, {{ shop.address }}
""",
        sample_data={
            "shop": {"name": "Otter Outdoors", "address": "12 River Lane, Bristol"},
            "customer": {"name": "Ann"},
            "order": {
                "number": "1842",
                "date": "2026-03-02T09:30:00Z",
                "items": [
                    {"title": "Rain jacket", "quantity": 1, "price": "£89.00"},
                    {"title": "Wool socks", "quantity": 2, "price": "£24.00"},
                ],
                "total": "£113.00",
                "payment": "Visa ending in 4242",
                "url": "https://shop.example.com/orders/1842",
            },
        },
    ),
    Starter(
        slug="password-reset",
        name=mark("Password reset"),
        description=mark("One button, and what to do if it was somebody else."),
        subject="Choose a new password for {{ product }}",
        text="""Somebody, most likely you, asked for a new password for {{ email }}.

Choose one here: {{ url }}

The link is good for {{ valid_for }}, and for one time. If it was not you, nothing needs to be done.
""",
        sample_data={
            "product": "Otter",
            "email": "ann@example.com",
            "url": "https://app.example.com/reset/8fK2w",
            "valid_for": "one hour",
            "asked_at": "2026-03-02T09:30:00Z",
            "place": "Bristol",
        },
    ),
    Starter(
        slug="newsletter",
        name=mark("Newsletter"),
        description=mark("A letter with as many stories as there are."),
        subject="{{ issue.title }}",
        text="""{{ issue.greeting }}
{% for story in issue.stories %}
{{ story.title }}
{{ story.summary }}
{{ story.url }}
{% endfor %}
Unsubscribe: {{ unsubscribe_url }}
{{ publisher.name }}, {{ publisher.address }}
""",
        sample_data={
            "publisher": {"name": "The Otter Letter", "site": "otter.example.com", "address": "12 River Lane, Bristol"},
            "reader": {"name": "Ann"},
            "issue": {
                "number": 7,
                "title": "Rivers are rising",
                "teaser": "Two walks, one map, and where the otters went.",
                "greeting": "it rained for three weeks, and then we went out all the same. Here is what we found.",
                "stories": [
                    {
                        "title": "A walk along the Avon",
                        "summary": "Eleven miles, two pubs, and a heron that would not move.",
                        "url": "https://otter.example.com/avon",
                    },
                    {
                        "title": "How to read a flood map",
                        "summary": "What the blue means, and what it leaves out.",
                        "url": "https://otter.example.com/maps",
                    },
                ],
            },
            "unsubscribe_url": "https://otter.example.com/unsubscribe/8fK2w",
        },
    ),
)


@cache
def _read(slug: str) -> str:
    return (Path(__file__).parent / f"{slug}.mjml").read_text()
