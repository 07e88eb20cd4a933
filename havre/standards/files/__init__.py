"""One module for each data file: its dataclasses and its checks."""
