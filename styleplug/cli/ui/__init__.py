"""What sub-commands share: options, progress, what is said and how."""
