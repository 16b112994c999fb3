"""Google's sign-in and consent: authorize, token, revoke, userinfo."""
