"""The country's facts on a page: what is known, how surely, and how a ministry mends it with two readers."""
