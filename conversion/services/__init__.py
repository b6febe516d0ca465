"""The verbs of conversion: applications, decisions, forms, courses."""
