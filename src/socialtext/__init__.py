"""Normalize, segment and classify Arabic, Persian and Indonesian marketing text."""
