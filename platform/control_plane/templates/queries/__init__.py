"""The SQL of templates, as the app role: a tenant sees its own."""
