"""Pages for everybody: home, policy, support and health."""
