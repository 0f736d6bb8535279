"""Measures the service through its public interface: suites, benchmarks and the data they need."""
