"""Why a claim was rejected, and when. Claims rejected before have neither."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("justice", "0003_articles")]

    operations = [
        migrations.AddField(
            model_name="compensationclaim",
            name="rejected_because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("late", "Claimed too late"),
                    ("no_offence", "The offence is not established"),
                    ("no_link", "The loss does not come from the offence"),
                    ("no_proof", "The loss is not proved"),
                    ("paid_already", "Compensated already in another way"),
                    ("not_covered", "Not covered by this fund or this court"),
                    ("other", "For another reason, written in the decision"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(model_name="compensationclaim", name="rejected_at", field=models.DateTimeField(blank=True, null=True)),
    ]
