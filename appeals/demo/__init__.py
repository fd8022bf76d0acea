"""Lifelike demo data, made through the services so that it cannot rot."""
