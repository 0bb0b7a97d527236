"""What builds the released models and corpora."""
