"""Who holds which power, where it came from, and how a holder passes it on for a time."""
