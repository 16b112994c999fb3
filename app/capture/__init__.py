"""How leads come in: the tag, the hosted form and the inbox."""
