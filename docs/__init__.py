"""The documents that the site shows, installed as the package trackpulse_docs."""
