"""The exchange's app: signed tokens in, resumable files, signed webhooks out, a frame.

The app itself speaks the API (``complaints.api``); here is what stands behind it.
"""
