"""Live chat: a page, a widget for other sites, a desk for agents.

Rows are the truth; sockets and polls only say that there are new ones.
"""
