"""Published data of others: never cases. The rows are a file; here is what it is, whose it is and under which licence."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust.ids import new_id
from havre.trust.models import User


class ExternalLayout(models.TextChoices):
    CTDC_K = "ctdc_k", _("CTDC global data set, k-anonymised")
    CTDC_SYNTHETIC = "ctdc_synthetic", _("CTDC global data set, synthetic")
    CTDC_EXTRACT = "ctdc_extract", _("Derived extract of CTDC data")


class ExternalDataset(models.Model):
    """One published data set. Its rows lie in `HAVRE_HOME/external/<id>.csv.gz`, normalised: "" is not recorded, 1 and 0 are yes and no.

    `columns` maps our name of a column to the publisher's; `counts` says, for each column, how many rows are recorded. Two layouts are
    never mixed in one count.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=300)
    licence = models.CharField(max_length=120)
    layout = models.CharField(max_length=20, choices=ExternalLayout)
    columns = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    rows = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, unique=True, help_text="of the file as published")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-added_at",)

    def __str__(self) -> str:
        return self.title
