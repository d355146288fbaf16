"""The MTA-STS policy as others read it (RFC 8461)."""

import re

import msgspec

from control_plane.domain_sites.policy import Policy, policy_id, policy_text, txt_value

TESTING = Policy(mode="testing", mx=("mx.fleetpost.test",), max_age_seconds=604_800)


def test_a_policy_has_the_lines_that_others_parse() -> None:
    assert policy_text(TESTING) == ("version: STSv1\r\nmode: testing\r\nmx: mx.fleetpost.test\r\nmax_age: 604800\r\n")


def test_the_id_changes_with_whatever_the_policy_says() -> None:
    others = [
        msgspec.structs.replace(TESTING, mode="enforce"),
        msgspec.structs.replace(TESTING, max_age_seconds=86_400),
        msgspec.structs.replace(TESTING, mx=("mx.else.test",)),
    ]
    assert len({policy_id(policy) for policy in (TESTING, *others)}) == 4
    assert policy_id(TESTING) == policy_id(msgspec.structs.replace(TESTING))


def test_the_txt_record_has_the_form_of_the_standard() -> None:
    assert re.fullmatch(r"v=STSv1; id=[0-9A-Za-z]{1,32};", txt_value(TESTING))
