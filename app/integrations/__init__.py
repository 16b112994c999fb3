"""Other people's servers: dataclasses in and out, no database and no Flask."""
