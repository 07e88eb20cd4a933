"""Retention: what is sealed of a closed case goes when its term is over, unless something holds it. See docs/how-to/retention.md."""
