"""Reports: which advertising brings leads, work and money, and how well they are answered."""
