"""Reads Postfix's log: files to lines, lines to records, records to delivery events."""
