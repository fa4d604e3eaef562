"""The document that the site shows, figures.md, installed as the package trackpulse_docs."""
