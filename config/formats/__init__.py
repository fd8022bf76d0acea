"""How Django writes dates where a list of the admin leaves it to Django."""
