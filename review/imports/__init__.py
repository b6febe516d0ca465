"""Workbooks of recorded achievements: what the sheet looks like, and what its rows would become."""
