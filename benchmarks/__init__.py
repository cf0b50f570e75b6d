"""What the software does, measured side by side and printed as JSON: `python -m benchmarks [names]`."""
