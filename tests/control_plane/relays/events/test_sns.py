"""Whose a message of SNS is."""

import json

import pytest

from control_plane.relays.errors import UnprovenEvents
from control_plane.relays.events import sns
from control_plane.relays.events.said import Unreadable
from tests.control_plane.relays.events.providers import Amazon


@pytest.fixture(scope="module")
def amazon() -> Amazon:
    return Amazon()


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_message_that_amazon_signed_is_proven(amazon: Amazon, version: str) -> None:
    body, _ = amazon.request("Hello", version=version, Subject="About you")
    sns.prove(sns.read(body), amazon.certificate)


@pytest.mark.parametrize(
    "field", ["Message", "MessageId", "Timestamp", "TopicArn", "Subject", "SignatureVersion", "Signature"]
)
def test_a_message_that_was_altered_is_not(amazon: Amazon, field: str) -> None:
    letter = json.loads(amazon.request("Hello", Subject="About you")[0]) | {field: "other"}
    with pytest.raises(UnprovenEvents):
        sns.prove(sns.read(json.dumps(letter).encode()), amazon.certificate)


def test_another_certificate_proves_nothing(amazon: Amazon) -> None:
    letter = sns.read(amazon.request("Hello")[0])
    for certificate in (Amazon().certificate, b"", b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"):
        with pytest.raises(UnprovenEvents):
            sns.prove(letter, certificate)


@pytest.mark.parametrize(
    "url",
    [
        "https://sns.eu-central-1.amazonaws.com.evil.test/SimpleNotificationService-1.pem",
        "https://evil.test/SimpleNotificationService-1.pem",
        "https://evil.test#sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.test/SimpleNotificationService-1.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-1.pem",
        "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://bucket.s3.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.eu-central-1.amazonaws.com/other.pem",
        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem/../../x",
        "https://sns.a.b.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.s3.amazonaws.com/SimpleNotificationService-1.pem",  # a bucket that somebody called "sns"
        "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.elb.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-1.pem?x",
        "https://[::1/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_certificates_come_from_amazons_own_host_alone(amazon: Amazon, url: str) -> None:
    with pytest.raises(UnprovenEvents):
        sns.read(amazon.request("Hello", SigningCertURL=url)[0])


@pytest.mark.parametrize(
    "host",
    [
        "sns.us-east-1.amazonaws.com",
        "sns.ap-southeast-3.amazonaws.com",
        "sns.us-gov-west-1.amazonaws.com",
        "sns.cn-north-1.amazonaws.com.cn",
    ],
)
def test_each_region_has_a_host(amazon: Amazon, host: str) -> None:
    letter = json.loads(amazon.request("Hello")[0])
    url = f"https://{host}/SimpleNotificationService-1.pem"
    assert sns.read(json.dumps(letter | {"SigningCertURL": url}).encode()).signing_cert_url == url


def test_a_subscription_is_confirmed_at_amazons_own_host_alone(amazon: Amazon) -> None:
    for url, is_amazons in (
        ("https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=1", True),
        ("http://169.254.169.254/latest/meta-data", False),
        ("https://evil.test/", False),
    ):
        letter = sns.read(amazon.request("x", kind="SubscriptionConfirmation", Token="1", SubscribeURL=url)[0])
        sns.prove(letter, amazon.certificate)
        if is_amazons:
            assert sns.confirmation_url(letter) == url
        else:
            with pytest.raises(UnprovenEvents):
                sns.confirmation_url(letter)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"Type": "Odd"}', b"[" * 100_000])
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        sns.read(body)
