"""Who read what: one person's access history, and the refusals that the data-protection officer reviews."""
