"""Benchmark of clinical tables: loading, suggestions of columns, speed."""
