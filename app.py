#!/usr/bin/env python3
"""The command line of a checkout; installed, it is the command ``handwriting``."""

from handwriting.cli.main import main

if __name__ == "__main__":
    main()
