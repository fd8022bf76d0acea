"""Facebook: what is written on and to our page, and messages by Messenger."""
