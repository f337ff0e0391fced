"""`python -m brochure` is the same as `brochure`."""

from brochure.cli.main import main

main()
