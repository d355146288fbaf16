"""A certificate authority as RFC 8555 has it, one request at a time.

The `acme` library does the signing; what it says is put into a few structs, and whatever goes wrong is a `CaProblem`.
All of it blocks: call it in a thread.
"""

import datetime as dt
import ssl
from collections.abc import Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar, cast

import acme.errors
import msgspec
import requests
from acme import challenges, client, messages
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from josepy.errors import Error as JoseError
from josepy.json_util import JSONObjectWithFields, field
from josepy.jwa import ES256
from josepy.jwk import JWKEC

from control_plane.certificates.directories import ExternalAccount

ChallengeKind: TypeAlias = Literal["http-01", "dns-01"]
OrderStatus: TypeAlias = Literal["pending", "ready", "processing", "valid", "invalid"]

P = ParamSpec("P")
Result = TypeVar("Result")

UNREACHABLE = "unreachable"
"""The code of a problem that is none of RFC 8555: the authority did not answer."""
UNEXPECTED = "unexpected"
"""The authority answered with something that nobody understands."""
ORDER_GONE = "orderGone"
"""The authority does not know the order any more."""
ALREADY_REPLACED = "alreadyReplaced"
"""The authority issued another certificate before in place of the one that an order is to replace."""
EXTERNAL_ACCOUNT_REFUSED = "externalAccountRefused"
"""The authority does not take the external account that we have; it says so in words for anything."""

_REQUEST_SECONDS = 20
_NONCE_TRIES = 6
_LONGEST_DETAIL = 500
_LONGEST_CHAIN = 200_000
_YEARS = range(1970, 3000)
_OF_EXTERNAL_ACCOUNTS = ("unauthorized", "malformed")


class CaProblem(Exception):
    """The authority refused, or did not answer; `code` is the last part of the ACME error type."""

    def __init__(self, code: str, detail: str, *, retry_after_seconds: int | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """What the authority wants to find, and where."""

    name: str
    """The host, without a wildcard."""
    kind: ChallengeKind
    token: str
    value: str
    """http-01: what is answered; dns-01: the text of the record."""
    url: str
    authorization_url: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order as the authority sees it."""

    url: str
    status: OrderStatus
    finalize_url: str
    authorization_urls: tuple[str, ...]
    certificate_url: str | None


class RenewalWindow(msgspec.Struct, frozen=True, kw_only=True):
    """When the authority wants a certificate renewed (RFC 9773)."""

    start: dt.datetime
    end: dt.datetime
    look_again_seconds: int | None
    """Where it says so."""


class _NewOrder(messages.NewOrder):
    replaces: str | None = field("replaces", omitempty=True)


class Authority:
    """One authority, asked in the name of one account."""

    def __init__(self, directory_url: str, account_key: bytes, *, account_url: str | None = None, ca_file: str = ""):
        """Take the account's key as PEM and its URL, if it is registered; `ca_file` checks the directory's own TLS."""
        private = serialization.load_pem_private_key(account_key, password=None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        self._key = JWKEC(key=private)
        self._url = directory_url
        verify: Any = ca_file or True  # the library hands it on to requests, which takes a path too
        self._net = client.ClientNetwork(
            self._key, alg=ES256, verify_ssl=verify, user_agent="Fleetpost", timeout=_REQUEST_SECONDS
        )
        self._net.session.hooks["response"].append(self._note)
        self._last: requests.Response | None = None
        if account_url is not None:
            self._become(account_url)

    # --- Account ------------------------------------------------------------------------------------------------------

    def register(self, contact: str, external: ExternalAccount | None) -> str:
        """Make the account, or find that it is there; gives its URL."""
        try:
            return self._guarded(self._register, contact, external)
        except CaProblem as problem:
            if external is None or problem.code not in _OF_EXTERNAL_ACCOUNTS:
                raise
            raise CaProblem(EXTERNAL_ACCOUNT_REFUSED, problem.detail) from problem

    def _register(self, contact: str, external: ExternalAccount | None) -> str:
        if self._client.external_account_required() and external is None:
            raise CaProblem("externalAccountRequired", "an external account is required")
        binding = None if external is None else self._binding(external)
        wanted = messages.NewRegistration.from_data(
            email=contact or None, terms_of_service_agreed=True, external_account_binding=binding
        )
        try:
            url = str(self._in_step(self._client.new_account, wanted).uri)
        except acme.errors.ConflictError as known:
            url = known.location
        self._become(url)
        return url

    def _binding(self, external: ExternalAccount) -> dict[str, Any]:
        try:
            return messages.ExternalAccountBinding.from_data(
                self._key.public_key(), external.key_id, external.hmac_key, self._client.directory
            )
        except ValueError as error:
            raise CaProblem(EXTERNAL_ACCOUNT_REFUSED, "the key is not base64url") from error

    def _become(self, account_url: str) -> None:
        self._net.account = messages.RegistrationResource(uri=account_url, body=messages.Registration())

    # --- Orders -------------------------------------------------------------------------------------------------------

    def order(self, names: Sequence[str], replaces: x509.Certificate | None = None) -> Order:
        """Make an order; one that renews names what it replaces, where the authority wants to know."""
        return self._guarded(self._order, names, replaces)

    def _order(self, names: Sequence[str], replaces: x509.Certificate | None) -> Order:
        identifiers = [messages.Identifier(typ=messages.IDENTIFIER_FQDN, value=name) for name in names]
        hint = certificate_id(replaces) if replaces is not None and self._offers_renewal_info else None
        try:
            answer = self._post(self._client.directory["newOrder"], _NewOrder(identifiers=identifiers, replaces=hint))
        except acme.errors.ConflictError as error:  # what the library makes of 409, whatever it was told (RFC 9773 §5)
            raise CaProblem(ALREADY_REPLACED, "the certificate was replaced before") from error
        return _order_of(answer, answer.headers["Location"])

    def look_at(self, order_url: str) -> Order:
        """Give an order as it is now; `ORDER_GONE` if the authority has forgotten it."""
        return self._guarded(self._look_at, order_url)

    def _look_at(self, order_url: str) -> Order:
        try:
            return _order_of(self._post(order_url, None), order_url)
        except messages.Error as error:
            if self._status() == HTTPStatus.NOT_FOUND:
                raise CaProblem(ORDER_GONE, error.detail or "") from error
            raise

    def challenges(self, order: Order, kinds: Mapping[str, ChallengeKind]) -> list[Challenge]:
        """List what is still to be proven, each name in the way that `kinds` says."""
        return self._guarded(self._challenges, order, kinds)

    def _challenges(self, order: Order, kinds: Mapping[str, ChallengeKind]) -> list[Challenge]:
        found = []
        for url in order.authorization_urls:
            body = self._authorization(url)
            if body.status == messages.STATUS_PENDING:
                name = str(body.identifier.value)
                full = f"*.{name}" if body.wildcard else name
                found.append(self._challenge(body, kinds.get(full, "dns-01"), url))
        return found

    def _challenge(self, body: messages.Authorization, kind: ChallengeKind, url: str) -> Challenge:
        name = str(body.identifier.value)
        for each in _offered(body):
            if isinstance(each.chall, challenges.KeyAuthorizationChallenge) and each.chall.typ == kind:
                return Challenge(
                    name=name,
                    kind=kind,
                    token=each.chall.encode("token"),
                    value=each.chall.validation(self._key),
                    url=each.uri,
                    authorization_url=url,
                )
        raise CaProblem(UNEXPECTED, f"the authority does not offer {kind} for {name}")

    def answer(self, challenge_url: str) -> None:
        """Say that a challenge can be looked at now."""
        self._guarded(self._post, challenge_url, _Empty())

    def failure(self, order: Order) -> CaProblem:
        """Find out why an order is invalid."""
        return self._guarded(self._failure, order)

    def _failure(self, order: Order) -> CaProblem:
        for url in order.authorization_urls:
            body = self._authorization(url)
            for each in _offered(body):
                if each.error is not None:
                    name = str(body.identifier.value)
                    return CaProblem(each.error.code or UNEXPECTED, _short(f"{name}: {each.error.detail or ''}"))
        error = messages.Order.from_json(self._post(order.url, None).json()).error
        if error is not None:
            return CaProblem(error.code or UNEXPECTED, _short(error.detail or ""))
        return CaProblem(UNEXPECTED, "the order is invalid, and the authority does not say why")

    def finalize(self, order: Order, request: x509.CertificateSigningRequest) -> Order:
        """Ask for the certificate of an order that is ready."""
        return self._guarded(self._finalize, order, request)

    def _finalize(self, order: Order, request: x509.CertificateSigningRequest) -> Order:
        return _order_of(self._post(order.finalize_url, messages.CertificateRequest(csr=request)), order.url)

    def download(self, certificate_url: str) -> str:
        """Fetch a certificate with its issuers, as PEM."""
        return self._guarded(self._download, certificate_url)

    def _download(self, certificate_url: str) -> str:
        chain = self._post(certificate_url, None).text
        if len(chain) > _LONGEST_CHAIN:
            raise CaProblem(UNEXPECTED, "the chain is too long")
        return chain

    def revoke(self, certificate: x509.Certificate, reason: int) -> None:
        """Revoke; what was revoked before is no error. Reasons: RFC 5280 §5.3.1."""
        try:
            self._guarded(self._revoke, certificate, reason)
        except CaProblem as problem:
            if problem.code != "alreadyRevoked":
                raise

    def _revoke(self, certificate: x509.Certificate, reason: int) -> None:
        self._in_step(self._client.revoke, certificate, reason)

    # --- Renewal information ------------------------------------------------------------------------------------------

    def renewal_window(self, certificate: x509.Certificate) -> RenewalWindow | None:
        """Ask when a certificate is to be renewed; None if the authority does not say."""
        return self._guarded(self._renewal_window, certificate)

    def _renewal_window(self, certificate: x509.Certificate) -> RenewalWindow | None:
        if not self._offers_renewal_info:
            return None
        base = str(self._client.directory["renewalInfo"]).rstrip("/")
        answer = self._net.get(f"{base}/{certificate_id(certificate)}", content_type="application/json")
        window = messages.RenewalInfo.from_json(answer.json()).suggested_window
        start, end = _instant(window.start), _instant(window.end)
        if end <= start:
            raise ValueError("RFC 9773 §4.2 has it taken for no answer")
        return RenewalWindow(start=start, end=end, look_again_seconds=_retry_after(answer))

    @property
    def _offers_renewal_info(self) -> bool:
        return "renewalInfo" in self._client.directory.to_partial_json()

    # --- How it is asked ----------------------------------------------------------------------------------------------

    @cached_property
    def _client(self) -> client.ClientV2:
        return client.ClientV2(client.ClientV2.get_directory(self._url, self._net), self._net)

    def _authorization(self, url: str) -> messages.Authorization:
        body: messages.Authorization = messages.Authorization.from_json(self._post(url, None).json())
        return body

    def _post(self, url: str, body: Any) -> requests.Response:
        return self._in_step(self._net.post, url, body, new_nonce_url=self._client.directory["newNonce"])

    def _in_step(self, act: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        """Act, with another nonce if the one was not good: the library tries twice, which is not always enough."""
        tries = 0
        while True:
            tries += 1
            try:
                return act(*args, **kwargs)
            except messages.Error as error:
                if error.code != "badNonce" or tries == _NONCE_TRIES:
                    raise

    def _note(self, response: requests.Response, *_: object, **__: object) -> None:
        self._last = response

    def _status(self) -> int:
        return 0 if self._last is None else self._last.status_code

    def _pause(self) -> int | None:
        """Give how long the authority wants to be left alone, if it said so with what it said last."""
        return None if self._last is None else _retry_after(self._last)

    def _guarded(self, act: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        try:
            return act(*args, **kwargs)
        except messages.Error as error:
            detail = _short(error.detail or error.title or "")
            raise CaProblem(error.code or UNEXPECTED, detail, retry_after_seconds=self._pause()) from error
        except (requests.RequestException, ssl.SSLError, OSError) as error:
            raise CaProblem(UNREACHABLE, type(error).__name__) from error
        except (acme.errors.Error, JoseError, ValueError, LookupError, AttributeError, TypeError) as error:
            code = UNREACHABLE if self._status() >= HTTPStatus.INTERNAL_SERVER_ERROR else UNEXPECTED
            raise CaProblem(code, type(error).__name__, retry_after_seconds=self._pause()) from error


class _Empty(JSONObjectWithFields):
    """`{}`, which is how a challenge is answered (RFC 8555 §7.5.1)."""

    def __bool__(self) -> bool:
        return True  # the library posts nothing at all for what counts as false


def certificate_id(certificate: x509.Certificate) -> str:
    """Name a certificate as RFC 9773 §4.1 does."""
    return client._renewal_info_path_component(certificate)  # noqa: SLF001 the library has it for itself only


def _offered(body: messages.Authorization) -> list[messages.ChallengeBody]:
    """List an authorization's challenges; the library names a decoder like the field, which puzzles type checkers."""
    return list(cast("tuple[messages.ChallengeBody, ...]", body.challenges))


def _order_of(answer: requests.Response, url: str) -> Order:
    body = messages.Order.from_json(answer.json())
    return Order(
        url=url,
        status=cast("OrderStatus", body.status.name),
        finalize_url=body.finalize,
        authorization_urls=tuple(body.authorizations),
        certificate_url=body.certificate,
    )


def _retry_after(answer: requests.Response) -> int | None:
    """Read `Retry-After` in either form, as seconds from now."""
    text = answer.headers.get("Retry-After", "")
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), 14 * 86_400)
    try:
        left = parsedate_to_datetime(text) - dt.datetime.now(dt.UTC)
    except (TypeError, ValueError):
        return None
    return max(0, min(int(left.total_seconds()), 14 * 86_400))


def _instant(told: dt.datetime) -> dt.datetime:
    if told.tzinfo is None or told.year not in _YEARS:
        raise ValueError("no moment in time, or none that can be stored in every zone")
    return told.astimezone(dt.UTC)


def _short(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:_LONGEST_DETAIL]
