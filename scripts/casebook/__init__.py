"""Casebook: ML system-design cases as data, checked like code, published as a site.

The package is a pipeline; the order of the imports is the order of the data:
source, spec, quantity, formula, estimate, findings, checks, library, graph, draw, svg, pages, tree.
"""
