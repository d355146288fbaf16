"""Random kills of everything while mail flows: what is lost, doubled, or missing of its events.

`python -m benchmarks.chaos [--quick] [--messages N] [--seed N]` with a lab that is up.
"""

import argparse

import msgspec

from e2e.lab import chaos
from e2e.lab.lab import Lab

_SECONDS = 3600.0


def main() -> None:
    """Run it and print the toll as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2,000 messages")
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1, help="which kills: the same seed chooses the same")
    arguments = parser.parse_args()
    messages = 2_000 if arguments.quick else arguments.messages
    toll = chaos.run(Lab.load(), messages=messages, seed=arguments.seed, seconds=_SECONDS)
    print(msgspec.json.encode(toll).decode())


if __name__ == "__main__":
    main()
