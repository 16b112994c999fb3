"""Published statistics: what Leader says about all its companies together, once a quarter, and about nobody alone."""
