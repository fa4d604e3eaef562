"""Pages and fragments, installed as the package trackpulse_templates."""
