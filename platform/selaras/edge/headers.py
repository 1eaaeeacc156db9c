"""Headers of every answer: what the browser may load and do, what may be kept, and a smaller body where it pays."""

from __future__ import annotations

import gzip

from flask import Response, request

from selaras.config import Settings

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_WORTH = 700


def secure(response: Response, settings: Settings) -> Response:
    """The headers of every answer; nothing personal is kept in a cache unless the view said otherwise."""
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if settings.tls:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    response.headers.setdefault("Cache-Control", "no-store" if response.status_code >= 400 else "private, no-cache")
    response.vary.update(["Authorization", "Cookie", "Accept-Encoding"])
    return response


def conditional(response: Response) -> Response:
    """An ETag for what was read, and 304 without a body where the client holds the same already."""
    if request.method in ("GET", "HEAD") and response.status_code == 200 and not response.is_streamed:
        response.add_etag()
        response.make_conditional(request)
    return response


def compress(response: Response) -> Response:
    """gzip for text of some length, where the client takes it."""
    plain = response.status_code == 200 and not response.is_streamed and "Content-Encoding" not in response.headers
    text = (response.mimetype or "").startswith("text/") or (response.mimetype or "").endswith(("json", "javascript"))
    if plain and text and request.accept_encodings.quality("gzip") and len(response.get_data()) > _WORTH:
        response.set_data(gzip.compress(response.get_data(), 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
