"""The student's pages of conversion, and the public verification."""
