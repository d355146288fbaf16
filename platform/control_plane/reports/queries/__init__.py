"""What is asked of the tables of reports; as the app role for the bound tenant, unless it says otherwise."""
