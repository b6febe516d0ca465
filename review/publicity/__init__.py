"""Publicity (公示): lists for objection, the objections, and the formal notice that makes results effective."""
