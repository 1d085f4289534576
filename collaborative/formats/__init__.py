"""How Django itself writes dates and times, by language."""
