"""The studio: a page in the browser and a service over HTTP, by which people and programs have
pictures made. `app.py` says what there is to ask for, `security.py` who may."""
