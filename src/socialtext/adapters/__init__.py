"""Where other libraries meet this one: a module for each, imported only by who uses it."""
