"""Who works together in a company: invitations, roles, leaving, handing over ownership, and several companies."""
