"""What is asked of us below customers' domains, by `Host`: without an account, and never at our own host name.

Nothing here depends on whether a mailbox exists, so that nobody can try addresses.
"""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from litestar import MediaType, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.body import JsonRequest
from control_plane.core.errors import NotFound
from control_plane.domain_sites import apple, outlook, service, thunderbird
from control_plane.domain_sites.hosts import AUTOCONFIG, AUTODISCOVER, MTA_STS, below, host_of, take_apart
from control_plane.domain_sites.policy import policy_text
from control_plane.domain_sites.schemas import Site
from control_plane.domain_sites.servers import servers
from control_plane.mailboxes.addresses import NotAnAddress, parse

_XML = "application/xml; charset=utf-8"
_UNKEPT = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_OUTLOOK = (
    "/autodiscover/autodiscover.xml",
    "/Autodiscover/Autodiscover.xml",
    "/AutoDiscover/AutoDiscover.xml",
    "/Autodiscover/autodiscover.xml",
    "/autodiscover/Autodiscover.xml",
)
"""The spellings that its programs use; our own front makes any of them the first."""

Text = Annotated[str, QueryParameter(max_length=320)]


class JsonAnswer(msgspec.Struct, frozen=True, rename="pascal"):
    """Where the settings are (autodiscovery in JSON, version 2)."""

    protocol: str
    url: str


class JsonRefusal(msgspec.Struct, frozen=True, rename="pascal"):
    """Why there are none."""

    error_code: str
    error_message: str


@get("/.well-known/mta-sts.txt", media_type=MediaType.TEXT, include_in_schema=False)
async def give_mta_sts_policy(request: JsonRequest, runtime: inject.Runtime) -> Response[str]:
    """Give a domain's MTA-STS policy (RFC 8461 §3.3)."""
    site = await _site(request, runtime, MTA_STS)
    return Response(policy_text(site.policy), media_type=MediaType.TEXT, headers=_UNKEPT)


@get(
    ["/mail/config-v1.1.xml", "/.well-known/autoconfig/mail/config-v1.1.xml"],
    media_type=MediaType.XML,
    include_in_schema=False,
)
async def give_client_config(request: JsonRequest, runtime: inject.Runtime) -> Response[bytes]:
    """Set Thunderbird up, under `autoconfig.` or the domain itself."""
    site = await _site(request, runtime, AUTOCONFIG, "")
    return Response(thunderbird.client_config(site.name, servers(site.client_host)), media_type=_XML, headers=_UNKEPT)


@post(list(_OUTLOOK), status_code=200, include_in_schema=False, request_max_body_size=outlook.MOST_OCTETS)
async def discover(request: JsonRequest, runtime: inject.Runtime) -> Response[bytes]:
    """Set Outlook up."""
    site = await _site(request, runtime, AUTODISCOVER, AUTOCONFIG, "")
    text = outlook.read_address(await request.body())
    address = _address(text, site) if text else None
    if address is None:
        content = outlook.refusal("no_such_address" if text else "invalid_request")
    else:
        content = outlook.settings(address, servers(site.client_host))
    return Response(content, media_type=_XML, headers=_UNKEPT)


@get("/autodiscover/autodiscover.json", include_in_schema=False)
async def discover_by_json(request: JsonRequest, runtime: inject.Runtime) -> Response[JsonAnswer | JsonRefusal]:
    """Lead newer Outlooks to the settings in XML; of other protocols there are none."""
    site = await _site(request, runtime, AUTODISCOVER, AUTOCONFIG, "")
    if request.query_params.get("Protocol", "").lower() != "autodiscoverv1":
        refusal = JsonRefusal("ProtocolNotSupported", "This host has settings for AutodiscoverV1 only.")
        return Response(refusal, status_code=HTTPStatus.BAD_REQUEST, headers=_UNKEPT)
    url = f"https://{below(AUTODISCOVER, site.name)}{_OUTLOOK[0]}"
    return Response(JsonAnswer("AutodiscoverV1", url), headers=_UNKEPT)


@get("/profile", include_in_schema=False)
async def give_profile(request: JsonRequest, runtime: inject.Runtime, address: Text = "") -> Response[bytes]:
    """Give Apple's Mail a profile for an address."""
    return await _profile(request, runtime, address)


@get("/profile/{address:str}", include_in_schema=False)
async def give_profile_at(request: JsonRequest, runtime: inject.Runtime, address: FromPath[str]) -> Response[bytes]:
    """Give the same at an address that a code on a page can hold."""
    return await _profile(request, runtime, address)


async def _profile(request: JsonRequest, runtime: inject.Runtime, text: str) -> Response[bytes]:
    site = await _site(request, runtime, AUTOCONFIG)
    address = _address(text, site)
    if address is None:
        raise NotFound
    content = apple.profile(address, site.name, servers(site.client_host))
    named = {"content-disposition": f'attachment; filename="{site.name}.mobileconfig"'}
    return Response(content, media_type=apple.MEDIA_TYPE, headers=_UNKEPT | named)


async def _site(request: JsonRequest, runtime: inject.Runtime, *labels: str) -> Site:
    """Find whose host was asked, under one of these labels (or none); raises `NotFound`."""
    host = host_of(request.headers.get("host", ""))
    asked = take_apart(host)
    is_ours = host == urlsplit(runtime.settings.public_url).hostname
    if not host or is_ours or asked.label not in labels:
        raise NotFound
    site = await service.find_site(runtime.db, runtime.settings, runtime.clock, asked.domain)
    if site is None:
        raise NotFound
    return site


def _address(text: str, site: Site) -> str | None:
    """Read an address of the site's domain as a mailbox would have it."""
    try:
        address = parse(text)
    except NotAnAddress:
        return None
    return str(address) if address.domain == site.name else None


HANDLERS: list[ControllerRouterHandler] = [
    give_mta_sts_policy,
    give_client_config,
    discover,
    discover_by_json,
    give_profile,
    give_profile_at,
]
