"""The reference page says what the rules are now."""

import pytest
from rules_page import PAGE, page


@pytest.mark.unit
def test_the_reference_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python script/rules_page.py"
