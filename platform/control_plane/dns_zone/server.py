"""The zone's primary name server: told by dynamic updates (RFC 2136), read by transfer or question, over TCP only."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

import dns.asyncquery
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.tsig
import dns.update
import dns.xfr
import dns.zone
import msgspec

from control_plane.dns_zone.errors import KeyRefused, UpdateRefused, ZoneAway
from control_plane.dns_zone.rdata import to_rdataset, to_record
from control_plane.dns_zone.schemas import RecordKey, ZoneRecord
from control_plane.settings import ZoneSettings

MOST_AT_ONCE = 80
"""So many record sets fit into one message of 64 KiB, even if all are RSA keys with long names."""

_PORT = 53
_SECONDS = 5.0
_TRANSFER_SECONDS = 60.0
_NOT_ALLOWED = (dns.rcode.REFUSED, dns.rcode.NOTAUTH, dns.rcode.BADSIG, dns.rcode.BADKEY, dns.rcode.BADTIME)


class ZoneServer(msgspec.Struct, frozen=True):
    """Where the zone is written, and with which key."""

    zone: str
    address: str
    port: int
    key: dns.tsig.Key

    async def write(self, records: Sequence[ZoneRecord]) -> None:
        """Replace these record sets, all or none; raises `ZoneAway`, `KeyRefused`, `UpdateRefused`."""
        update = dns.update.UpdateMessage(self._origin, keyring=self.key)
        for record in sorted(records, key=lambda each: bool(each.values)):  # a CNAME makes way first
            name = dns.name.from_text(record.name)
            if record.values:
                update.replace(name, to_rdataset(record))
            else:
                update.delete(name, record.type)
        await self._ask(update)

    async def read(self, key: RecordKey) -> ZoneRecord:
        """Ask for one record set; raises as `write` does."""
        name, record_type = key
        answer = await self._ask(dns.message.make_query(name, record_type))
        wanted = dns.rdatatype.from_text(record_type)
        for found in answer.answer:
            if found.rdtype == wanted and found.name == dns.name.from_text(name):
                return to_record(name, found)
        return ZoneRecord(name=name, type=record_type, values=())

    async def read_all(self) -> dict[RecordKey, ZoneRecord]:
        """Transfer the whole zone; raises `ZoneAway`, and `KeyRefused` where the key may not."""
        zone = dns.zone.Zone(self._origin, relativize=False)
        query, _ = dns.xfr.make_query(zone, serial=None, keyring=self.key)
        with _in_our_words(self):
            await dns.asyncquery.inbound_xfr(
                self.address, zone, query, port=self.port, timeout=_SECONDS, lifetime=_TRANSFER_SECONDS
            )
        records = [to_record(_text(name), found) for name, found in zone.iterate_rdatasets()]
        return {record.key: record for record in records}

    @property
    def _origin(self) -> dns.name.Name:
        return dns.name.from_text(self.zone)

    async def _ask(self, message: dns.message.Message) -> dns.message.Message:
        with _in_our_words(self):
            answer = await dns.asyncquery.tcp(message, self.address, timeout=_SECONDS, port=self.port)
        if answer.rcode() in _NOT_ALLOWED:
            raise KeyRefused(f"{self}: {dns.rcode.to_text(answer.rcode())}. {KeyRefused.__doc__}")
        if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise UpdateRefused(f"{self} answers {dns.rcode.to_text(answer.rcode())}: look into its log.")
        return answer

    def __str__(self) -> str:
        return f"the name server of {self.zone} at {self.address}@{self.port}"


def from_settings(settings: ZoneSettings) -> ZoneServer | None:
    """Give the server, if there is one that may be written; raises `ValueError` for a key that is none."""
    if not (settings.name and settings.server and settings.key):
        return None
    address, _, port = settings.server.partition("@")
    return ZoneServer(settings.name, address, int(port or _PORT), _key(settings.key))


def _key(text: str) -> dns.tsig.Key:
    name, _, rest = text.partition(":")
    algorithm, _, secret = rest.partition(":")
    if not (name and algorithm and secret):
        raise ValueError("FLEETPOST_ZONE_KEY has the form name:algorithm:base64, such as fleetpost:hmac-sha256:…")
    return dns.tsig.Key(name, secret, algorithm)


@contextmanager
def _in_our_words(server: ZoneServer) -> Generator[None]:
    try:
        yield
    except (dns.tsig.PeerError, dns.tsig.BadSignature, dns.tsig.BadKey, dns.tsig.BadTime) as error:
        raise KeyRefused(f"{server}: {type(error).__name__}. {KeyRefused.__doc__}") from error
    except dns.xfr.TransferError as error:
        raise KeyRefused(f"{server} gives no transfer ({error}). {KeyRefused.__doc__}") from error
    except dns.exception.TooBig as error:  # each of them fits, but not all into one message
        raise UpdateRefused(f"{server} cannot be told of these records in one message.") from error
    except (dns.exception.DNSException, OSError, EOFError) as error:
        raise ZoneAway(f"{server} does not answer ({type(error).__name__}). {ZoneAway.__doc__}") from error


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
