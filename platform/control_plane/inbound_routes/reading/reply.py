"""What somebody wrote anew in an answer: the text without what it quotes and without signature. A guess, and pure."""

import re

_LOOKED_AT = 100_000
_QUOTED = re.compile(r"\s*[>|]")
_ATTRIBUTION = re.compile(
    r"\s*(on\b.{4,200}\bwrote|am\b.{4,200}\bschrieb\b.{0,100}|le\b.{4,200}\ba écrit|el\b.{4,200}\bescribió"
    r"|il\b.{4,200}\bha scritto|op\b.{4,200}\bschreef\b.{0,100}|.{4,200}\b(wrote|schrieb|a écrit))\s?:\s*",
    re.IGNORECASE | re.DOTALL,
)
_DIVIDER = re.compile(
    r"\s*(-{2,}\s*(original message|forwarded message|ursprüngliche nachricht|message d'origine|mensaje original)"
    r"\s*-{2,}|_{10,})\s*",
    re.IGNORECASE,
)
_OUTLOOK = re.compile(r"\s*\*?(from|von|de|da|van):\*?\s.{1,300}", re.IGNORECASE)
_OUTLOOK_NEXT = re.compile(
    r"\s*\*?(sent|date|gesendet|envoyé|enviado|inviato|verzonden|to|an|à|para):\*?\s", re.IGNORECASE
)
_SIGNATURE = re.compile(r"-- ?")
_SENT_FROM = re.compile(
    r"\s*(sent from my|von meinem .{1,40} gesendet|envoyé de mon|enviado desde mi)\b.{0,60}", re.IGNORECASE
)


def reply_of(text: str) -> str:
    """Give the new part of a text; all of it, if nothing in it is known for old."""
    lines = text[:_LOOKED_AT].replace("\r\n", "\n").split("\n")
    kept = lines[: _end_of_new(lines)]
    while kept and (not kept[-1].strip() or _QUOTED.match(kept[-1]) or _SENT_FROM.fullmatch(kept[-1])):
        kept.pop()
    return "\n".join(kept).strip("\n") or text[:_LOOKED_AT].strip()


def _end_of_new(lines: list[str]) -> int:
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if _SIGNATURE.fullmatch(line) or _DIVIDER.fullmatch(line[:400]) or _is_attribution(line, following):
            return number
        if _OUTLOOK.fullmatch(line[:400]) and _OUTLOOK_NEXT.match(following[:400]):
            return number
    return len(lines)


def _is_attribution(line: str, following: str) -> bool:
    """Say whether a line, or two that were one before they were broken, says that somebody wrote what comes."""
    if len(line) > 300:
        return False
    if line.rstrip().endswith(":"):
        return _ATTRIBUTION.fullmatch(line) is not None
    joined = f"{line} {following[:300]}"
    return following.rstrip().endswith(":") and _ATTRIBUTION.fullmatch(joined) is not None and len(joined) < 400
