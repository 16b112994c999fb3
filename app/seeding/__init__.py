"""Made-up companies and leads, for trying Leader out and for measuring it."""
