"""Reviewing in a spreadsheet (X11): the queue goes out as a workbook made for deciding, and comes back row by row."""
