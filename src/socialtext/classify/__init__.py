"""From passages to themes and advice."""
