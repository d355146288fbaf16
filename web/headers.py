"""The security headers of every page: no script, style or frame but our own, nothing inline, no referrer abroad."""

_DIRECTIVES = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "frame-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)

PAGE_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "; ".join(_DIRECTIVES),
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "same-origin",
    "vary": "HX-Request, Cookie",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
