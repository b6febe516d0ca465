"""Experts: whom claims are routed to, who scores them, and what becomes of the scores."""
