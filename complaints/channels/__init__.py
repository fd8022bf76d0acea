"""The ways a complaint comes in; one folder a channel, all of one shape."""
