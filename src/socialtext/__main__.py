"""``python -m socialtext``: the command line."""

from socialtext.cli import main

main()
