"""A practice telephone provider: it places calls by sending Leader the messages that Twilio would send."""
