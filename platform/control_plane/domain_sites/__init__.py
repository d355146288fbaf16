"""What we serve below customers' domains: MTA-STS policies and the set-up of mail programs."""
