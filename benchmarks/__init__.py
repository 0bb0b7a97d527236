"""Benchmarks: ``python -m benchmarks NAME``.

A benchmark is a folder ``bench_NAME`` whose module has ``measure``, which returns figures as plain values, and
``tabulate``, which makes tables of them. It may have ``SOURCES``, the public files that it reads (``NEEDS_ALL`` where
it cannot do without), and ``draw``, which fills a figure.
"""
