"""Getting started: from sign-up to the first lead and the first conversion, in three steps."""
