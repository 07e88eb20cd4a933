"""News of the register for its upper neighbours."""

from django.dispatch import Signal

# sent inside the withdrawing transaction; receivers close what hangs on the consent. Arguments: consent, by
consent_withdrawn = Signal()
