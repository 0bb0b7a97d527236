"""Tables of the languages, and what reads them."""
