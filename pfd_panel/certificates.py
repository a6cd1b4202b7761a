"""Whose certificates are believed when this program connects to another server."""

import ssl

import certifi


def trusted() -> ssl.SSLContext:
    """Certificates of this machine (and of ``SSL_CERT_FILE``, for a plant's own), and those that come with Python."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
