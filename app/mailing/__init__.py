"""Mail to people: an outbox in the database, and the letters that leave through SMTP."""
