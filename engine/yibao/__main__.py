"""Lets `python -m yibao` do what the `yibao` command does. Decides nothing itself."""

import sys

from yibao.cli import main

if __name__ == "__main__":
    sys.exit(main())
