"""Reading a pack: TOML text in, checked scheme data or every error with its line out."""
