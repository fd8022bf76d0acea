"""The app's door to appeals."""
