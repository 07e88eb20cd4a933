"""Running the house: first start, self-check, serving, background work, backup and restore."""
