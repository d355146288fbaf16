"""Other people's servers that mail leaves by: which are for a mail, which of them work, and how one logs in there."""
