"""The engines that hold things: rows, vectors, a graph, a cache, metrics. Drivers are imported only here."""
