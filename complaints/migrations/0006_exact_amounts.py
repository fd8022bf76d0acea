"""Amounts become exact on SQLite; on PostgreSQL they were and stay as they are.

The two conditions on amounts are lifted meanwhile: a number that is not yet filled
with zeros does not compare as one.
"""

from typing import Any

from django.db import migrations, models

import complaints.models.amount

COLUMNS = {"complaint": ("amount", "reporting_value")}
COLUMNS["remedy"] = ("amount", "rate", "reporting_value")


def fill(apps: Any, schema_editor: Any) -> None:
    """Write every amount once more, as the field now keeps it."""
    if schema_editor.connection.vendor != "sqlite":
        return
    for name, columns in COLUMNS.items():
        rows = apps.get_model("complaints", name).objects
        for column in columns:
            known = rows.exclude(**{column: None}).values_list("pk", column)
            for pk, value in list(known):
                rows.filter(pk=pk).update(**{column: value})


def amount(digits: int, places: int) -> Any:
    return complaints.models.amount.AmountField(
        blank=True, decimal_places=places, max_digits=digits, null=True
    )


class Migration(migrations.Migration):
    dependencies = [("complaints", "0005_feedback")]

    operations = [
        migrations.RemoveConstraint("complaint", "complaint_amount_not_negative"),
        migrations.RemoveConstraint("remedy", "remedy_amount_positive"),
        migrations.AlterField("complaint", "amount", amount(38, 18)),
        migrations.AlterField("complaint", "reporting_value", amount(20, 2)),
        migrations.AlterField("remedy", "amount", amount(38, 18)),
        migrations.AlterField("remedy", "rate", amount(38, 18)),
        migrations.AlterField("remedy", "reporting_value", amount(20, 2)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            "complaint",
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0),
                name="complaint_amount_not_negative",
            ),
        ),
        migrations.AddConstraint(
            "remedy",
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gt=0),
                name="remedy_amount_positive",
            ),
        ),
    ]
