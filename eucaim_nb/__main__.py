"""`python -m eucaim_nb` is `eucaim-nb`."""

import sys

from eucaim_nb.cli import main

if __name__ == "__main__":
    sys.exit(main())
