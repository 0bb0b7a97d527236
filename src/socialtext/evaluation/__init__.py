"""The measures: what was predicted against what is right."""
