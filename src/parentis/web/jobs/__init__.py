"""Jobs: requests that take too long for a page. A separate worker process does them."""
