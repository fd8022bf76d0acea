"""Words to search by; PostgreSQL finds them by an index that SQLite knows nothing of."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import complaints.models.search


def make_index(_apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX search_words_found ON complaints_searchwords USING gin (words)"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0009_identity"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchWords",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("complaint", "Complaint"),
                            ("message", "Message"),
                            ("evidence", "Evidence"),
                        ],
                        max_length=9,
                    ),
                ),
                ("source_id", models.BigIntegerField()),
                ("part", models.PositiveSmallIntegerField(default=0)),
                ("internal", models.BooleanField(default=False)),
                ("words", complaints.models.search.WordsField()),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_words",
                        to="complaints.complaint",
                    ),
                ),
            ],
            options={
                "verbose_name": "words to search by",
                "verbose_name_plural": "words to search by",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "source_id", "part"), name="search_words_once"
                    )
                ],
            },
        ),
        migrations.RunPython(make_index, migrations.RunPython.noop),
    ]
