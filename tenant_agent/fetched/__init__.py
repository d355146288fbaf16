"""Large files of messages, which lie with the control plane: fetched before the messages are injected, kept a while.

The ledger knows which messages want which files, and injects none that lacks one; others go on meanwhile.
"""
