"""The mail channel: raw RFC 5322 bytes in, one ``Inbound`` value out.

``parse.parse`` is the way in; the other modules each know one thing about mail.
"""
