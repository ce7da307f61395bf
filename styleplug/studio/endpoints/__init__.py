"""What each address of the service does, by subject; `app.py` has the table of addresses."""
