"""The desks of secretaries and offices: queues, reviews, batches, filing."""
