"""Filing by each channel's real door: a module a channel with ``file(walk) -> str``.

``file`` says who acted, sets ``walk.case``, and leaves the customer able to go on in
the portal as ``walk.by("customer")``.
"""

CHANNELS: tuple[str, ...] = (
    "app",
    "chat",
    "facebook",
    "forum",
    "phone",
    "telegram",
    "x",
)
"""The channels that have a module here."""
