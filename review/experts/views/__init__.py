"""The pages of experts, of those who assign them, and of the office that collates."""
