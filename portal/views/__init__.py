"""Pages of the ground: the entrance and the page of components."""
