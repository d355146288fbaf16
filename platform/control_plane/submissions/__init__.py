"""Mail that programs submitted to nodes by SMTP, with an API key: handed up, and made messages."""
