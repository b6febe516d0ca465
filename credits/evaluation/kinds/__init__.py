"""The kinds of rules, one module per family."""
