"""`python -m alm` is the `alm` command."""

from alm.cli import main

main()
