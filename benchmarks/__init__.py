"""What prints the figures of docs/benchmarks.md; run by hand, never as a test."""
