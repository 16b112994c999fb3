"""The rights of people whose details are kept: what is held about them, and its correction, restriction and erasure."""
