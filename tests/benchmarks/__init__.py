"""Benchmarks: they measure and print; nothing here passes or fails. docs/benchmarks.md says what for."""
