"""What comes back after a mail was accepted elsewhere: bounces and complaints, whose they are, and what follows."""
