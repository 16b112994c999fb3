"""Who gets which new lead: rules in the owner’s order, and taking turns within a rule."""
