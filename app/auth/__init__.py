"""People: users, their memberships, sign-up, sign-in and sessions."""
