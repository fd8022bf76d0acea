"""The telephone by Twilio: calls that leave a record, and text messages both ways."""
