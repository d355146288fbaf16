"""Which release of the client this is: that of the platform whose API it was made from."""

VERSION = "0.1.0"
