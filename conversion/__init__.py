"""Courses, grade bands, conversion applications and their printed forms."""
