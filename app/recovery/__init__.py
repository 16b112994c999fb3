"""What an account owes to its e-mail address: confirming it, changing it, a forgotten password, and notices."""
