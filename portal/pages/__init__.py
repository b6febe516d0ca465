"""The pages of a stored PDF as pictures and text: drawn once, in a process with bounds, and kept beside the file."""
