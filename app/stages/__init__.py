"""The stages of a company as its owner shapes them: names, order, colours, and the end of one."""
