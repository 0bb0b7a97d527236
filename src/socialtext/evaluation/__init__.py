"""The measures of the annotation guidelines."""
