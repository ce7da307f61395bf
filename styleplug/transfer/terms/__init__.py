"""The terms of the loss that features enter, each in a file of its own."""
