#!/usr/bin/env python3
"""The command line of a checkout; installed, it is the command ``handwriting``."""

if __name__ == "__main__":
    import signal

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the package is imported before it can do so itself
    from handwriting.cli.start import main

    main()
