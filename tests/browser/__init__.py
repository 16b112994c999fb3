"""Leader as its users have it: `make run`'s own supervisor, and a real browser."""
