"""Fixed forms set directly on A4, tables of text: what offices print by the hundred, in milliseconds each.

`portal.pdf` lays out any template; this package knows lines, cells and tables only (decision 35).
"""

from portal.paper.lines import Paragraph, Span
from portal.paper.sheets import Sheet
from portal.paper.tables import Cell, Row
from portal.paper.writing import write_pdf

__all__ = ["Cell", "Paragraph", "Row", "Sheet", "Span", "write_pdf"]
