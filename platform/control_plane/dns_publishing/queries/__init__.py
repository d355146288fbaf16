"""The SQL of publishing, by subject; as the app role for the bound tenant, unless a query says otherwise."""
