"""From raw text to blocks, sentences and advice units."""
