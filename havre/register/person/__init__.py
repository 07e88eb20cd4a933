"""The person's own page: what is held, who read it, what was agreed to; opened by a worker, with the screen locked to it."""
