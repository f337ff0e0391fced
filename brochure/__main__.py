"""`python -m brochure` is the same as `brochure`."""

from brochure.cli import main

main()
