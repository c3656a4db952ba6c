"""Breakdowns: conversion of `dimension=value` pairs to a string and back."""

from collections.abc import Mapping

from parentis.errors import DeclarationError

WHOLE = ""


def breakdown(parts: Mapping[str, str]) -> str:
    """`{"place": "K2", "age": "16-17"}` → `age=16-17;place=K2`; no parts → `""`, the total."""
    for key, value in parts.items():
        if not key or not value or set("=;") & set(key + value):
            raise DeclarationError(f"breakdown {key!r} has an empty part, '=' or ';' in it")
    return ";".join(f"{key}={parts[key]}" for key in sorted(parts))


def parts(text: str) -> dict[str, str]:
    """Inverse of `breakdown`."""
    return dict(pair.split("=", 1) for pair in text.split(";")) if text else {}
