"""What the office reports: points per student, and conversions with their grades."""
