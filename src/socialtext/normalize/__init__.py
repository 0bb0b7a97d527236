"""From raw text to normalized text, with offsets."""
