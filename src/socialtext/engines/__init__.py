"""Many documents, many workers."""
