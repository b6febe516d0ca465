"""Schemes, the evaluator, rounds, claims, evidence and the ledger."""
