"""The desk of the support staff, apart from the product: own people, own sign-in, own rights in the database.

Staff answer requests, and see of an account its name, dates, people and the state of its connections. The database
role behind the desk's functions has no right on any table of leads. Two functions read leads, as a role that sees those
of companies alone whose owner gave a grant that has not ended (`app/grants`).
"""
