"""A template with its layout: what comes of both."""

import time

import pytest

from control_plane.templates.assembly import Assembled, Content, check_layout
from control_plane.templates.fault import Fault

FRAGMENT = "<mj-section><mj-column><mj-text>Hi {{ name }}</mj-text></mj-column></mj-section>"
MJML_LAYOUT = f"<mjml><mj-body>{FRAGMENT.replace('Hi', 'Top')}{{{{ content }}}}</mj-body></mjml>"


def test_a_layout_stands_around_html_and_text() -> None:
    layout = Content(html="<h1>{{ subject }}</h1>{{ content }}<p>{{ shop }}</p>", text="-- {{ content }} --")
    own = Content(subject="Hello {{ name }}", html="<b>{{ name }}</b>", text="Dear {{ name }}")
    rendered = Assembled(own, layout).render({"name": "A&B", "shop": "S"})
    assert rendered.subject == "Hello A&B"
    assert rendered.html == "<h1>Hello A&amp;B</h1><b>A&amp;B</b><p>S</p>"
    assert rendered.text == "-- Dear A&B --"


def test_a_layout_without_text_leaves_the_text_alone() -> None:
    assert Assembled(Content(text="{{ a }}"), Content(html="{{ content }}")).render({"a": "x"}).text == "x"


def test_mjml_is_compiled_together_with_its_layout() -> None:
    rendered = Assembled(Content(mjml=FRAGMENT), Content(mjml=MJML_LAYOUT)).render({"name": "<Ann>"})
    assert rendered.html is not None
    assert rendered.html.index("Top") < rendered.html.index("Hi &lt;Ann&gt;")
    assert rendered.html.count("<html") == 1


def test_html_stands_in_a_layout_of_mjml() -> None:
    rendered = Assembled(Content(html="<p>{{ name }}</p>"), Content(mjml=MJML_LAYOUT)).render({"name": "<Ann>"})
    assert rendered.html is not None
    assert rendered.html.index("Top") < rendered.html.index("<p>&lt;Ann&gt;</p>")


@pytest.mark.parametrize(
    ("own", "layout", "field"),
    [
        (Content(subject="{{ a"), None, "subject"),
        (Content(html="{{ a"), None, "html"),
        (Content(text="{% if %}"), None, "text"),
        (Content(mjml="<mjml>"), None, "mjml"),
        (Content(mjml="<mjml><mj-body>{{ a | no }}</mj-body></mjml>"), None, "mjml"),
        (Content(mjml=FRAGMENT), Content(html="{{ content }}"), "layout_id"),
        (Content(mjml="<mjml><mj-body></mj-body></mjml>"), Content(mjml=MJML_LAYOUT), "mjml"),
        (Content(mjml="<mj-section>"), Content(mjml=MJML_LAYOUT), "mjml"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(own: Content, layout: Content | None, field: str) -> None:
    with pytest.raises(Fault) as caught:
        Assembled(own, layout)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("layout", "field"),
    [
        (Content(html="no place"), "html"),
        (Content(html="{{ content }} {{ content }}"), "html"),
        (Content(text="{{ content }}"), "html"),
        (Content(html="{{ content }}", text="no place"), "text"),
        (Content(mjml="<mjml><mj-body></mj-body></mjml>"), "mjml"),
    ],
)
def test_a_layout_needs_a_place_for_what_stands_in_it(layout: Content, field: str) -> None:
    with pytest.raises(Fault) as caught:
        check_layout(layout)
    assert caught.value.field == field


@pytest.mark.parametrize("value", ["a\r\nBcc: eve@evil.test", "a\u2028b", "a\x00b", "  a \t b  ", "a\x85b"])
def test_a_subject_is_one_line(value: str) -> None:
    subject = Assembled(Content(subject="{{ v }}", text="x")).render({"v": value}).subject
    assert subject.splitlines() == [subject]
    assert subject.isprintable()
    assert subject == subject.strip()


def test_a_subject_keeps_what_people_write() -> None:
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    assert Assembled(Content(subject="{{ v }} שלום", text="x")).render({"v": family}).subject == f"{family} שלום"


def test_what_is_absent_is_told_once_in_the_order_of_need() -> None:
    own = Content(subject="{{ a.b }}", html="{{ c }}{{ a.b }}", text="{{ d }}")
    assert Assembled(own).render({}).undefined == ("a.b", "d", "c")


def nested(depth: int) -> dict[str, object]:
    data: dict[str, object] = {}
    for _ in range(depth):
        data = {"a": data}
    return data


@pytest.mark.parametrize(
    "data", [nested(40), {"a": "x" * 200_000}, {"a": list(range(20_000))}, {"a": [["x"] * 100] * 200}]
)
def test_data_that_no_mail_needs_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(Fault) as caught:
        Assembled(Content(text="{{ a }}")).render(data)
    assert caught.value.field == "data"


def test_filling_in_takes_less_than_a_third_of_a_millisecond() -> None:
    """Three thousand a second; measured with room for a machine that is slower than ours."""
    own = Content(
        subject="Order {{ order.number }}",
        html="<h1>Thank you, {{ name }}</h1><table>{% for item in items %}<tr><td>{{ item.title }}</td>"
        "<td>{{ item.price | round: 2 }}</td></tr>{% endfor %}</table><a href='{{ url }}'>See it</a>" * 2,
        text="Thank you, {{ name }}.",
    )
    data: dict[str, object] = {
        "name": "Ann", "order": {"number": 7}, "url": "https://a.test",
        "items": [{"title": f"Thing {n}", "price": 1.5} for n in range(5)],
    }  # fmt: skip
    assembled = Assembled(own)
    assembled.render(data)
    start = time.thread_time()
    for _ in range(100):
        assembled.render(data)
    assert (time.thread_time() - start) / 100 < 0.002
