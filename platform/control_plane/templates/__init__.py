"""Templates: a mail's subject, HTML and text in Liquid, in numbered versions, with what fills them filled in."""
