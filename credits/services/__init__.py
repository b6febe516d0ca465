"""The verbs of schemes, rounds, claims and the ledger: one function per verb, one transaction, one event."""
