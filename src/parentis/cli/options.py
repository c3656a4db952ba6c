"""Arguments and options shared by several commands."""

from pathlib import Path
from typing import Annotated

from parentis.cli.declaration import Argument, Option
from parentis.cli.output import Format

Files = Annotated[list[Path], Argument(help="Files, zips or folders.")]
AuthorityOption = Annotated[str | None, Option("--authority", help="Name, ONS code or DfE number.")]
CollectionYearOption = Annotated[
    str | None, Option("--collection-year", "--period", help="Such as 2024-25; else the files say it.")
]
FormatOption = Annotated[Format, Option("--format", help="How to print the result.")]
LastYearOption = Annotated[list[Path] | None, Option("--last-year", help="The return of the year before.")]
PostcodesOption = Annotated[
    Path | None, Option("--postcodes", help="Default PARENTIS_POSTCODES, else the installed extra 'postcodes'.")
]
ProvidersOption = Annotated[
    list[Path] | None, Option("--providers", help="Ofsted's providers; default PARENTIS_PROVIDERS.")
]
ReturnOption = Annotated[str | None, Option("--return", help="Which return it is; else the files say it.")]
