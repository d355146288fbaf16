"""Mail that was submitted by SMTP."""
