"""Answers that a browser keeps as a file."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from selaras.edge.context import instance, session
from selaras.files.service import open_file


def attachment(data: bytes, name: str, media_type: str) -> Response:
    """The bytes under a name; never shown within a page of ours."""
    response = Response(data, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def kept_file(file_id: UUID) -> Response:
    """A kept file of the agency, in blocks, to be saved."""
    file, blocks = open_file(session(), instance().store, file_id)
    response = Response(blocks, mimetype=file.media_type)
    response.headers["Content-Length"] = str(file.size)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response
