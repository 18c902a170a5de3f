"""De-identification, measured: a corpus with planted identifiers, a scorer that knows no tool, and peers."""
