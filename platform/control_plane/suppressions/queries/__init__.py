"""The SQL of suppressions: asked by every mail, added in bulk, shown, ended, imported."""
