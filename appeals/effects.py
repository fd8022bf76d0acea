"""What an appeal does to its complaint, signed up with the core."""
