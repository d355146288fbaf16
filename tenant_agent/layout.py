"""Where things are on a node: directories, sockets and loopback ports, the same in production, in the lab and in tests.

The agent and all daemons agree on these places. A test moves the whole tree below a directory of its own with
`Layout.under`, and takes free ports.
"""

from pathlib import Path
from typing import Self

import msgspec

STATE = Path("var/lib/fleetpost")


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """TCP ports; those of the loopback interface first, then the public ones."""

    inject: int = 10025
    again: int = 10026
    """Own mail that came back by MX, for mailboxes here and on other nodes."""
    signer: int = 11332
    signer_controller: int = 11334
    scanner: int = 11342
    scanner_controller: int = 11344
    http: int = 80
    smtp: int = 25
    smtps: int = 465
    submission: int = 587
    imap: int = 143
    imaps: int = 993
    pop3s: int = 995
    sieve: int = 4190
    fleet_pop3: int = 4191
    """POP3 as other nodes pass it on, with STARTTLS."""
    fleet_smtp: int = 2526
    """Mail that other nodes pass on."""
    moves: int = 4195
    """Where other nodes bring the mailboxes that move here."""


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """Directories and sockets, all absolute."""

    root: Path = Path("/")
    state: Path = Path("/") / STATE
    ports: Ports = Ports()

    @classmethod
    def under(cls, root: Path, *, state: Path | None = None, ports: Ports | None = None) -> Self:
        """Lay everything out below `root`."""
        return cls(root=root, state=state or root / STATE, ports=ports or Ports())

    # The agent's own

    @property
    def credential(self) -> Path:
        return self.state / "credential"

    @property
    def state_database(self) -> Path:
        return self.state / "state.db"

    @property
    def mail_database(self) -> Path:
        """Ledger, log checkpoint and event spool of the mail path."""
        return self.state / "mail.db"

    @property
    def allowances(self) -> Path:
        """What was used of quotas."""
        return self.state / "allowances.db"

    @property
    def leftovers(self) -> Path:
        """Homes that are nobody's, and since when."""
        return self.state / "leftovers.json"

    @property
    def relay_breakers(self) -> Path:
        """Which relays are not used, and until when."""
        return self.state / "relays.json"

    @property
    def moves_config(self) -> Path:
        """Configuration of Dovecot's tools when they copy a mailbox, which they do as its owner."""
        return self.state / "moves.conf"

    @property
    def maps(self) -> Path:
        return self.state / "maps"

    @property
    def users(self) -> Path:
        return self.state / "dovecot" / "users"

    @property
    def smtp_keys(self) -> Path:
        """Dovecot's users that log in by SMTP alone: it looks below the name of the service that asks."""
        return self.state / "dovecot" / "keys" / "smtp"

    @property
    def local_names(self) -> Path:
        """Dovecot's certificates by host; a directory of the same name without suffix holds them."""
        return self.state / "dovecot" / "certificates.conf"

    @property
    def own_certificate(self) -> Path:
        """Key and certificates for clients that ask for no host, if the control plane gave some."""
        return self.state / "tls" / "own.pem"

    @property
    def fleet_certificate(self) -> Path:
        """Key and certificate that other nodes know this one by."""
        return self.state / "tls" / "fleet.pem"

    @property
    def peer_roots(self) -> Path:
        """Certificates of all other nodes, for Dovecot; it is told of them by the next file, which lies beside."""
        return self.state / "dovecot" / "peers.pem"

    @property
    def peer_settings(self) -> Path:
        return self.state / "dovecot" / "peers.conf"

    @property
    def quiet_domains(self) -> Path:
        """Postfix's `smtpd_command_filter`."""
        return self.maps / "quiet_domains.regexp"

    @property
    def never_refused(self) -> Path:
        """Rspamd's map of the domains whose mail it scores but lets pass."""
        return self.maps / "never_refused"

    @property
    def antivirus_socket(self) -> Path:
        """Where Debian's clamav-daemon listens, if it is installed."""
        return self.root / "run" / "clamav" / "clamd.ctl"

    @property
    def inbound(self) -> Path:
        """Mails that are yet to be handed up."""
        return self.state / "inbound"

    @property
    def submissions(self) -> Path:
        """Mails submitted with API keys that are yet to be handed up."""
        return self.state / "submissions"

    @property
    def fetched(self) -> Path:
        """Large files of messages."""
        return self.state / "fetched"

    @property
    def signer_state(self) -> Path:
        return self.state / "rspamd-outbound"

    @property
    def ready(self) -> Path:
        return self.state / "ready"

    @property
    def staging(self) -> Path:
        return self.state / "staging"

    @property
    def previous(self) -> Path:
        return self.state / "previous"

    @property
    def redis_password(self) -> Path:
        return self.state / "redis-password"

    # Shared with the daemons

    @property
    def run(self) -> Path:
        return self.root / "run/fleetpost"

    @property
    def policy_socket(self) -> Path:
        return self.run / "policy.sock"

    @property
    def relay_socket(self) -> Path:
        """Where Postfix asks how to log in at a relay."""
        return self.run / "relays.sock"

    @property
    def intake_socket(self) -> Path:
        return self.run / "intake.sock"

    @property
    def by_key_socket(self) -> Path:
        """Where Postfix tells mail that is submitted."""
        return self.run / "by-key.sock"

    @property
    def redis_socket(self) -> Path:
        return self.run / "redis.sock"

    @property
    def redis_config(self) -> Path:
        return self.root / "etc/fleetpost"

    @property
    def postfix_config(self) -> Path:
        return self.root / "etc/postfix"

    @property
    def postfix_queue(self) -> Path:
        return self.root / "var/spool/postfix"

    @property
    def postfix_data(self) -> Path:
        return self.root / "var/lib/postfix"

    @property
    def mail_log(self) -> Path:
        return self.root / "var/log/mail.log"

    @property
    def dovecot_config(self) -> Path:
        return self.root / "etc/dovecot"

    @property
    def dovecot_run(self) -> Path:
        return self.root / "run/dovecot"

    @property
    def mail_store(self) -> Path:
        return self.root / "var/vmail"

    @property
    def signer_config(self) -> Path:
        return self.root / "etc/fleetpost/rspamd-outbound"

    @property
    def scanner_config(self) -> Path:
        return self.root / "etc/rspamd"

    @property
    def scanner_state(self) -> Path:
        return self.root / "var/lib/rspamd"
