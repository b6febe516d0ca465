"""Finds achievements that are claimed twice: fingerprints of pictures, identity numbers, and the search over both."""
