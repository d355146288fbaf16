"""What each resource of the public API is, in the order in which a reader wants them."""

TAGS = {
    "me": "Who you are, and what your key may do.",
    "messages": "Send messages, one or many at once, and read what became of each.",
    "templates": "What messages are made from: Liquid and MJML, in versions, filled in for each recipient.",
    "stats": "How your mail fared, by hour or day, stream and provider.",
    "suppressions": "Addresses that your mail is not sent to, why, and how they come off the list again.",
    "events": "What happened, in the order in which we stored it, for programs that would rather ask than be called.",
    "webhooks": "Have your own systems told what happens, signed by the Standard Webhooks scheme.",
    "domains": "The domains you send and receive mail for, and the DNS records they need.",
    "shared-links": "Links that show a domain's records to whoever keeps its DNS.",
    "dns-provider-kinds": "The DNS providers that records can be published at, and what each asks for.",
    "dns-providers": "Your DNS providers, so that records are published for you.",
    "publications": "Records brought to a provider: the differences, what was done, and the way back.",
    "certificates": "The TLS certificates of your host names: ordered and renewed for you, or your own.",
    "mailboxes": "Mailboxes that people log in to over IMAP and write mail from.",
    "inbound-routes": "Which mail of your domains is taken besides that of mailboxes, and what becomes of it.",
    "inbound-messages": "Mail that came in by your inbound routes: read it, fetch it, release what is held.",
    "relays": "Other providers' servers that your mail can leave by, always or when our own addresses cannot take it.",
    "dmarc-reports": "What receivers report about mail that bears your domains' names.",
    "tls-reports": "What senders report about their connections to your domains' mail servers.",
    "complaints": "Mails of yours that somebody marked as spam, as their providers tell it.",
    "appeals": "What you say to measures against your mail, and what you are answered.",
    "members": "The people of your account, and what each of them may do.",
    "invitations": "People who were asked to join, and have not answered yet.",
    "api-keys": "Keys for programs: what they may do, from where and until when.",
    "account": "Your account itself: its brand, what it uses of its limits, and all its data to take along.",
    "access-grants": "Which providers above you may act for you, and as what.",
    "audit-log": "What was done in your account, by whom and for whom; nothing in it can be changed.",
    "clients": "The accounts below yours: make them, limit them, suspend and close them.",
    "plans": "Limits under a name, to be given to clients.",
    "warmups": "How new sending addresses earn their name, provider by provider. For operators.",
    "shaping-rules": "What other providers take, and what their replies lead to. For operators.",
    "ip-pools": "Pools of sending addresses. For operators.",
    "ips": "The addresses that mail leaves from, from their first check to their cool-down. For operators.",
    "measures": "What is done about bad figures, account by account, and appeals against it. For operators.",
    "reputation": "What of ours is on blocklists. For operators.",
    "nodes": "The servers of the fleet. For operators.",
    "moves": "Mailboxes on their way from one node to another, while they are in use. For operators.",
    "rollouts": "Changes of how nodes work, brought to a few first, and taken back if they do harm. For operators.",
    "health": "Whether the service is there.",
}
"""By the first part of the address under /v1."""


def tag_of(path: str) -> str:
    """Name the resource that an address belongs to."""
    return path.removeprefix("/v1/").split("/")[0] if path.startswith("/v1/") else "health"
