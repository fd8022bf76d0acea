"""The app's door: JSON over HTTP, for customers and staff alike."""
