"""Schemes as they are stored: parsed once per process, loaded as immutable versions."""
