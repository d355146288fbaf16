"""Nobody reaches into another tenant: generated from the OpenAPI document, the database's catalogue and the code.

What the generator cannot cover fails, with a sentence that says what to add and where.
"""
