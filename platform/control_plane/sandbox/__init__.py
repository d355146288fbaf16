"""The sandbox: mail that goes nowhere, with the events that it would have had, for those who build and try programs."""
