"""Settings by environment only. ``.env.example`` lists every variable.

``base`` is what every place shares; ``dev``, ``production`` and ``test`` add what
their place asks for. Everything of a third party stands in a file of its own.
"""
