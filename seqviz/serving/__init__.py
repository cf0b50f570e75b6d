"""Live runs: worker processes, frames on the wire, and the hub where pages, browsers and workers meet."""
