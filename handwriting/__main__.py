"""``python -m handwriting``: the command line."""

from handwriting.cli.start import main

if __name__ == "__main__":
    main()
