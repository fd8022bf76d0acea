"""What a file is, by its bytes and never by its name."""

import filetype

ALLOWED = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "image/heic": (".heic",),
    "application/pdf": (".pdf",),
    "video/mp4": (".mp4",),
    "video/quicktime": (".mov",),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a",),
    "application/zip": (".zip",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (
        ".docx",
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "text/plain": (".txt", ".log", ".csv", ".eml", ".json"),
}
"""What customers and staff may bring, by what the bytes are, not by their name."""

MARKUP = (b"<svg", b"<html", b"<!doctype", b"<script", b"<?xml")


UNCHECKED = "application/octet-stream"
"""The type of what a channel took in whole; see ``evidence.add_evidence``."""


def sniffed_type(content: bytes) -> str | None:
    """The media type that the bytes show, None for what we do not take."""
    kind = filetype.guess(content[:8192])
    if kind is not None:
        return kind.mime if kind.mime in ALLOWED else None
    return "text/plain" if _is_plain_text(content) else None


def _is_plain_text(content: bytes) -> bool:
    head = content.lstrip()[:4096].lower()
    if b"\x00" in content or any(mark in head for mark in MARKUP):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
