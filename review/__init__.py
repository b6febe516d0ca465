"""The staff's face: desks, queues, decisions, imports."""
