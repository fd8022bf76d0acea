"""The community: a board of our own under ``/community/``, and Discourse."""
