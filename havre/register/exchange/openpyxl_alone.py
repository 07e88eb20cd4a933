"""openpyxl without numpy, which it would load for a few number types that no cell of ours has: 20 MB in every web process.

Every other module takes what it needs of openpyxl from here.
"""

from __future__ import annotations

import sys

_hidden = "numpy" not in sys.modules
if _hidden:
    # openpyxl tries numpy and does without; a None here is Python's own way to say "not to be had"
    sys.modules["numpy"] = None  # type: ignore[assignment]
try:
    import openpyxl
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter, range_boundaries
finally:
    if _hidden:
        del sys.modules["numpy"]

__all__ = ["Workbook", "get_column_letter", "openpyxl", "range_boundaries"]
