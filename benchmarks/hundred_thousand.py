"""A hundred thousand messages, 3 % bounced, 5 % put off, 0.1 % complained of: whether all accounts of them agree.

`python -m benchmarks.hundred_thousand [--quick] [--messages N] [--seed N]` with a lab that is up. The last line is one
JSON object; `amiss` adds up everything in it that should be nought.
"""

import argparse
import json

import msgspec

from e2e.lab import multitude
from e2e.lab.lab import Lab

_SECONDS = 3600.0


def main() -> None:
    """Run it and print the account."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2,000 messages")
    parser.add_argument("--messages", type=int, default=100_000, help="at most as many, since the export has no more")
    parser.add_argument("--seed", type=int, default=1, help="who has which fate")
    arguments = parser.parse_args()
    messages = 2_000 if arguments.quick else arguments.messages
    account = multitude.run(Lab.load(), messages=messages, seconds=_SECONDS, seed=arguments.seed)
    print(json.dumps(msgspec.to_builtins(account) | {"amiss": account.amiss}))


if __name__ == "__main__":
    main()
