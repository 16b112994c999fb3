"""The tenant: a company, its settings and its data key."""
