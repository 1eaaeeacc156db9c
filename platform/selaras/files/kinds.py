"""What an uploaded file is, by its content and never by its name: pictures, PDF and office documents are taken."""

from __future__ import annotations

import io
import zipfile

import puremagic

from selaras.errors import Invalid

MOST_MEGABYTES = 10
_PLAIN = frozenset({"image/png", "image/jpeg", "image/webp", "application/pdf"})
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_FOLDERS = {
    "word/": f"{_OPEN_XML}wordprocessingml.document",
    "xl/": f"{_OPEN_XML}spreadsheetml.sheet",
    "ppt/": f"{_OPEN_XML}presentationml.presentation",
}
_OPEN_DOCUMENT = frozenset(
    f"application/vnd.oasis.opendocument.{one}" for one in ("text", "spreadsheet", "presentation")
)


def evidence_type(data: bytes) -> str:
    """The media type of a picture, a PDF or an office document; `Invalid` for anything else and for too much of it."""
    if not data:
        raise Invalid("evidence_empty", "The file is empty. Choose another one.", field="file")
    if len(data) > MOST_MEGABYTES * 1024 * 1024:
        raise Invalid(
            "evidence_too_large",
            "The file is larger than {most} MB. Make it smaller, or give the address where it lies.",
            most=MOST_MEGABYTES,
            field="file",
        )
    found = _office(data) or _plain(data)
    if found is None:
        raise Invalid(
            "evidence_type",
            "This is neither a picture (PNG, JPEG, WebP), a PDF nor an office document without macros. Save it as PDF.",
            field="file",
        )
    return found


def _plain(data: bytes) -> str | None:
    try:
        # A picture with a page of HTML behind it is one to puremagic too; it is never shown, only saved.
        found = puremagic.magic_string(data[:4096])
    except puremagic.PureError:
        return None
    return found[0].mime_type if found and found[0].mime_type in _PLAIN and found[0].offset == 0 else None


def _office(data: bytes) -> str | None:
    if data.startswith(_OLD_OFFICE):
        return None if b"_VBA_PROJECT" in data.replace(b"\0", b"") else "application/x-ole-storage"
    if not data.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return _packed(packed)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, KeyError):
        return None


def _packed(packed: zipfile.ZipFile) -> str | None:
    names = packed.namelist()
    if any(name.rsplit("/", 1)[-1].lower() == "vbaproject.bin" or name.startswith("Basic/") for name in names):
        return None
    if "[Content_Types].xml" in names:
        return next((kind for folder, kind in _FOLDERS.items() if any(one.startswith(folder) for one in names)), None)
    if "mimetype" in names and packed.getinfo("mimetype").file_size < 100:
        said = packed.read("mimetype").decode("ascii", "replace")
        return said if said in _OPEN_DOCUMENT else None
    return None
