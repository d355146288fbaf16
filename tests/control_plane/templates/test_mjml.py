"""MJML to HTML, with Liquid in it."""

import re
import resource
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from control_plane.templates.fault import Fault
from control_plane.templates.mjml import _STACK_BYTES, MOST_TAGS, check_fragment, compile_mjml, has_place, in_layout


def document(inner: str) -> str:
    return f"<mjml>\n<mj-body>\n{inner}\n</mj-body>\n</mjml>"


def text(inner: str) -> str:
    return document(f"<mj-section><mj-column><mj-text>{inner}</mj-text></mj-column></mj-section>")


@pytest.mark.parametrize(
    "liquid",
    [
        "{{ a }}", '{{ a | default: "x > y && z" }}', "{% if a < b %}x{% endif %}", "{{ '</mj-text>' }}",
        "{% comment %}<b>{% endcomment %}", "{{\n a \n}}",
    ],
)  # fmt: skip
def test_liquid_survives_as_it_stands(liquid: str) -> None:
    assert liquid in compile_mjml(text(f"Hello {liquid}!"))


def test_liquid_survives_in_attributes_and_between_sections() -> None:
    source = document(
        """{% for s in stories %}<mj-section><mj-column>
        <mj-button href="{{ s.url | default: "https://a.test/?a=1&b=2" }}">Go</mj-button>
        </mj-column></mj-section>{% endfor %}"""
    )
    html = compile_mjml(source)
    assert 'href="{{ s.url | default: "https://a.test/?a=1&b=2" }}"' in html
    assert html.index("{% for s in stories %}") < html.index("s.url") < html.index("{% endfor %}")


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert set(re.findall(r"https?://([\w.]+)", compile_mjml(text("Hello")))) <= {"www.w3.org"}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (document("<mj-section>\n<mj-column></mj-section>"), "Line 4: </mj-section> closes nothing"),
        ("<mjml>\n<mj-body>\n<mj-section>", "Line 3: <mj-section> is not closed."),
        (document("<mj-sektion></mj-sektion>"), "Line 3: there is no element <mj-sektion> in MJML."),
        (document("<mj-include path='/etc/passwd' />"), "Line 3: nothing can be included"),
        (document("{{ a\n}}<mj-oops />"), "Line 4: there is no element"),
        ("hello", "This is not MJML"),
        ("", "This is not MJML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(source: str, message: str) -> None:
    with pytest.raises(Fault) as caught:
        compile_mjml(source)
    assert message in caught.value.message


@pytest.mark.parametrize(
    "source",
    ["<" + "a" * 400_000, "<a " + "b" * 400_000, "<a b='" * 60_000, "<!--" * 5_000, "{{" * 200_000, "&" * 500_000],
)
def test_what_is_no_mjml_is_refused_soon(source: str) -> None:
    start = time.thread_time()
    with pytest.raises(Fault):
        compile_mjml(source)
    assert time.thread_time() - start < 0.2


def test_however_many_begin_at_once_each_has_its_large_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first has the second begin in its midst, and the second, if it comes that far, lets the first end there."""
    sizes: list[int] = []
    start, usual = threading.Thread.start, threading.stack_size()
    others = ThreadPoolExecutor(1)
    second: list[Future[str]] = []
    second_is_there, first_is_done = threading.Event(), threading.Event()

    def noting(thread: threading.Thread) -> None:
        if thread.name == "mjml" and not second:
            second.append(others.submit(compile_mjml, text("Second")))
            second_is_there.wait(0.2)
        elif thread.name == "mjml":
            second_is_there.set()
            first_is_done.wait(10)
        if thread.name == "mjml":
            sizes.append(threading.stack_size())
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", noting)
    with others:
        assert "First" in compile_mjml(text("First"))
        first_is_done.set()
        assert "Second" in second[0].result()
    assert sizes == [_STACK_BYTES] * 2
    assert threading.stack_size() == usual


@pytest.mark.parametrize("tag", ["mj-section", "mj-wrapper", "b", "é"])
def test_nesting_ends_no_process(tag: str) -> None:
    """By itself the compiler would overflow its stack and take the process along."""
    most = (MOST_TAGS - 6) // 2
    with suppress(Fault):  # what comes of it may be too large
        compile_mjml(document(f"<{tag}>" * most + f"</{tag}>" * most))
    with pytest.raises(Fault, match="At most"):
        compile_mjml(document(f"<{tag}>" * MOST_TAGS + f"</{tag}>" * MOST_TAGS))


def head(inner: str, texts: int) -> str:
    body = document(f"<mj-section><mj-column>{'<mj-text>a</mj-text>' * texts}</mj-column></mj-section>")
    return body.replace("<mj-body>", f"<mj-head>{inner}</mj-head><mj-body>", 1)


@pytest.mark.parametrize(
    "source",
    [
        head(f'<mj-attributes><mj-all color="{"x" * 400_000}" /></mj-attributes>', 1500),
        head(f"<mj-attributes><mj-all {'x' * 400_000} /></mj-attributes>", 1500),
        head("<mj-attributes><mj-all color='{% raw %}" + "x" * 400_000 + "{% endraw %}' /></mj-attributes>", 1500),
        document(f"<mj-accordion font-family='{'x' * 400_000}'>{'<mj-accordion-element/>' * 2000}</mj-accordion>"),
        document("<mj-carousel>" + '<mj-carousel-image src="a" />' * 4000 + "</mj-carousel>"),
    ],
    ids=["attributes", "attributes without value", "Liquid in attributes", "handed on", "carousel"],
)
def test_little_becomes_no_great_deal(source: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Fault):
        compile_mjml(source)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024, "in KiB"


def test_an_image_may_be_part_of_the_page() -> None:
    image = f'<mj-section><mj-column><mj-image src="data:image/png;base64,{"A" * 50_000}" /></mj-column></mj-section>'
    assert len(compile_mjml(document(image * 9))) > 9 * 50_000


@pytest.mark.parametrize(
    "include",
    [
        '<mj-include a="<" path="{path}" />',
        '<mj-include a=">" path="{path}" />',
        '<MJ-INCLUDE path="{path}" />',
        '<x:mj-include path="{path}" />',
    ],
)
def test_no_file_is_read_however_it_is_asked_for(include: str, tmp_path: Path) -> None:
    (tmp_path / "secret.mjml").write_text("<mj-section><mj-column><mj-text>SECRET</mj-text></mj-column></mj-section>")
    with suppress(Fault):
        assert "SECRET" not in compile_mjml(document(include.replace("{path}", str(tmp_path / "secret.mjml"))))


def test_a_fragment_stands_in_its_layout() -> None:
    layout = document("<mj-section><mj-column><mj-text>Top</mj-text></mj-column></mj-section>{{ content }}")
    inner = "<mj-section><mj-column><mj-text>Middle {{ a }}</mj-text></mj-column></mj-section>"
    check_fragment(inner)
    html = compile_mjml(in_layout(layout, inner))
    assert html.index("Top") < html.index("Middle {{ a }}")
    assert "{{ content }}" in compile_mjml(in_layout(layout, None))


@pytest.mark.parametrize("source", ["<mjml><mj-body></mj-body></mjml>", "<mj-body></mj-body>"])
def test_a_whole_document_is_no_fragment(source: str) -> None:
    with pytest.raises(Fault, match="Leave <mjml>"):
        check_fragment(source)


@pytest.mark.parametrize(
    ("source", "has"), [("a {{ content }} b", True), ("{{-content-}}", True), ("{{ contents }}", False), ("", False),
    ("{{ content }}{{ content }}", False)],
)  # fmt: skip
def test_a_layout_has_one_place(source: str, has: bool) -> None:
    assert has_place(source) is has
