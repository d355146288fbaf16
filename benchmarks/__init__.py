"""What performance claims are measured with: `scripts/bench NAME` runs `benchmarks.NAME` against a running lab."""
