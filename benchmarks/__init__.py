"""The benchmarks behind docs/benchmarks.md; run by hand, never as a test."""
