"""What may be shown of a value that may identify somebody."""


def masked(value: str) -> str:
    """Return the first letter of a value and its length."""
    value = value.strip()
    first = value[:1] if value[:1].isprintable() else "?"
    return f"{first}… ({len(value)} characters)"
