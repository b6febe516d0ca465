"""The academic office's pages: rounds, courses, imports, exports."""
