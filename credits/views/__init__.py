"""The students' pages of claims and points, and the public pages of schemes."""
