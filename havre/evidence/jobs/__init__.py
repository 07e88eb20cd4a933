"""Heavy work. Nothing outside `jobs` and `stats` imports this package: the worker starts it as a process of its own."""
