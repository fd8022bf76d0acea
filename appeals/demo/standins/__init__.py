"""Small servers that speak the providers' published protocols, for tests and walks."""
