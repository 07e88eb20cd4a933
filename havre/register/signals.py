"""What the register tells the floors above, in its own transaction."""

from django.dispatch import Signal

# a consent no longer carries anything. Arguments: consent (the row, already withdrawn), at, by (the Actor).
consent_withdrawn = Signal()
