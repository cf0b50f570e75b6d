"""The words every floor shares: topologies, configurations, records and registries. NumPy only."""
