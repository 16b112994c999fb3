"""The pages of the security log, and what a request tells it."""
