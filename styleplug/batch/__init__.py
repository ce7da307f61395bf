"""Many files: the same painting or filter for each, so that an end at any moment loses nothing.

`inputs` finds pictures, `names` gives each result a place, `journal` remembers what became of it,
`task` is the work on one picture, `executors` carry tasks out, those of a `cluster` on many
machines, `coordinator` leads, and `report` shows.
"""
