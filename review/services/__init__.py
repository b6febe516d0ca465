"""The verbs of the staff's face that are not those of one claim or application."""
