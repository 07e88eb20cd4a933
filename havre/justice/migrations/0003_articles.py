"""An article is chosen by its code; the language of a claim may be left out where a supervisor has waived RG01 with a reason."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("justice", "0002_justice")]

    operations = [
        migrations.AlterField(model_name="compensationclaim", name="language", field=models.CharField(blank=True, max_length=8)),
        migrations.AddField(model_name="charge", name="article_code", field=models.CharField(blank=True, max_length=24)),
        migrations.AlterField(
            model_name="charge",
            name="article",
            field=models.CharField(
                max_length=60,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[\\w()/.,§ -]{2,60}$", "cite the article: letters, figures, ( ) / . , § and -"
                    )
                ],
            ),
        ),
    ]
