"""Answers that a browser keeps as a file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import IO
from uuid import UUID

from flask import Response, request

from selaras.edge.context import instance, session
from selaras.files.service import open_file
from selaras.files.store import BLOCK


def attachment(data: bytes, name: str, media_type: str) -> Response:
    """The bytes under a name; never shown within a page of ours."""
    response = Response(data, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def streamed(data: IO[bytes], name: str, media_type: str) -> Response:
    """What lies in an open file, in blocks, to be saved; the file is closed with the answer."""
    response = Response(_blocks(data), mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _blocks(data: IO[bytes]) -> Iterator[bytes]:
    with data:
        yield from iter(partial(data.read, BLOCK), b"")


def kept_file(file_id: UUID) -> Response:
    """A kept file of the agency, in blocks, to be saved."""
    file, blocks = open_file(session(), instance().store, file_id)
    response = Response(blocks, mimetype=file.media_type)
    response.headers["Content-Length"] = str(file.size)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response


def own_origin() -> str:
    """The agency's own address, as this request reached it; printed codes lead there."""
    return f"{'https' if instance().settings.tls else 'http'}://{request.host}"
