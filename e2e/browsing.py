"""People at their browsers: Debian's Chromium, one context a person, and the links that they are mailed."""

import email
import email.policy
import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Playwright

from e2e.lab.lab import Lab

_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_LINK = re.compile(r"https?://[^\s\"<>]+/(?:links|invitations)/[^\s\"<>]+")


@contextmanager
def chromium(playwright: Playwright, *options: str) -> Iterator[Browser]:
    """Open the browser."""
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*_OPTIONS, *options])
    yield browser
    browser.close()


class Person:
    """Somebody with a browser of their own, who notes each error that it complains of."""

    def __init__(self, browser: Browser, portal: str) -> None:
        self.complaints: list[str] = []
        self.page: Page = browser.new_context(base_url=portal, locale="en-GB").new_page()
        self.page.on(
            "console", lambda message: self.complaints.append(message.text) if message.type == "error" else None
        )

    def sign_in(self, address: str, password: str) -> None:
        """Fill in the form."""
        self.page.goto("/sign-in")
        self.page.get_by_label("Email").fill(address)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def follow_mailed_link(self, lab: Lab, address: str, *, count: int = 1) -> None:
        """Open the link in the last of so many mails."""
        mail = lab.outside.wait_for_mail(address, count=count)[-1]
        assert (mail.verdicts.dkim, mail.verdicts.spf, mail.verdicts.dmarc) == ("pass", "pass", "pass")
        text = email.message_from_bytes(mail.raw, policy=email.policy.default).get_body(("plain",))
        assert text is not None
        found = _LINK.search(text.get_content())
        assert found, text.get_content()
        self.page.goto(found.group())
