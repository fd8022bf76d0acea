"""Writing all marks at once: an empty table, and its indexes made at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from complaints.compliance.models import Mark

MEMORY = "256MB"
"""For sorting and grouping, while everything is reckoned anew."""


@contextmanager
def in_bulk() -> Iterator[None]:
    """The table of marks is emptied before the block, and in order after it.

    On PostgreSQL it is held from here to the end of the transaction.
    """
    if connection.vendor != "postgresql":
        Mark.objects.all()._raw_delete(Mark.objects.db)
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE compliance_mark")
        for name in ("work_mem", "maintenance_work_mem"):
            cursor.execute(f"SET LOCAL {name} = '{MEMORY}'")
        with connection.schema_editor() as editor:
            for index in Mark._meta.indexes:
                editor.remove_index(Mark, index)
        yield
        with connection.schema_editor() as editor:
            for index in Mark._meta.indexes:
                editor.add_index(Mark, index)
        cursor.execute("ANALYZE compliance_mark")
