"""Paths in the picture of an unrolled network, found by walking."""

from seqviz.core.graph import Graph, Node


def depends(graph: Graph, source: Node, target: Node) -> bool:
    """Whether a path leads from `source` to `target`; every node depends on itself."""
    seen, waiting = {source}, [source]
    while waiting:
        fresh = [node for node in graph.after[waiting.pop()] if node not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
    return target in seen
