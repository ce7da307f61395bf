"""One small file for each sub-command."""
