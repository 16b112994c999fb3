"""The desk of the support staff, apart from the product: own people, own sign-in, own rights in the database.

Staff answer requests, and see of an account its name, dates, people and the state of its connections. They see no
leads: the database role behind the desk's functions has no right on any table of them.
"""
