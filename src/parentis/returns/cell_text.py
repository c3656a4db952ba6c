"""The content of a cell as text for a reader."""

from collections.abc import Mapping

from parentis.returns.spec import Kind

HOLDS: Mapping[Kind, str] = {
    Kind.TEXT: "text",
    Kind.CODE: "code",
    Kind.DATE: "date",
    Kind.INTEGER: "whole number",
    Kind.NUMBER: "number",
    Kind.MONEY: "pounds",
}
