"""How Django writes dates: ISO 8601, with the time zone beside the time."""
