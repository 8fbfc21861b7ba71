"""The command line: arguments in, exit code out. Decides nothing."""

from yibao.cli.commands import main

__all__ = ["main"]
