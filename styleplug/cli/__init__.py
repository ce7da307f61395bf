"""The command line: `main.py` finds a sub-command of `commands/`, which share `ui/`."""
