"""The command line: every command parses its arguments, calls one function of the package and shows what it returns."""
