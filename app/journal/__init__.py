"""The security log: who signed in, who did what with the account and its data, and who looked at which lead."""
