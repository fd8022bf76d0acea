"""Reasons of a dissent go with their case, so the database cannot ask for them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("appeals", "0003_panel")]

    operations = [
        migrations.RemoveConstraint(
            model_name="panelseat", name="panel_dissent_has_reasons"
        ),
    ]
