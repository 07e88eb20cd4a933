"""Acts of protection, by subject."""
