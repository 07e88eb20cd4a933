"""What the register tells the floors above, in its own transaction. A receiver gives how many things it closed."""

from django.dispatch import Signal

# a consent no longer carries anything. Arguments: consent (the row), at, by (the Actor; None when the house itself ends it).
consent_withdrawn = Signal()
# a consent stands for fewer sections than before. Arguments: consent (the row, `sections` already the fewer), at, by.
consent_narrowed = Signal()
