"""Invented data: a believable university for the demo, and the same at any size for the benchmarks."""
