"""The customer's door to appeals."""
