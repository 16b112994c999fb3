"""The pages of two-step sign-in: the code after the password, and setting it up. Rules: `app/auth/two_step.py`."""
