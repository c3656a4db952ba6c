"""The book the rules of the looked-after children return are written in."""

from parentis.returns.rules import Book

BOOK = Book("ssda903")
rule = BOOK.rule
SOURCE = (
    "Department for Education, validation rules of the looked-after children return, 2022-23 to 2026-27; "
    "rules newer than the published 2024-25 list carry a message of ours."
)
