"""The language of a claim may be left out where a supervisor has waived RG01 with a reason."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("justice", "0002_justice")]

    operations = [
        migrations.AlterField(model_name="compensationclaim", name="language", field=models.CharField(blank=True, max_length=8)),
    ]
