"""The ground: people, workflow kernel, files, jobs, listings. It knows no claim."""
