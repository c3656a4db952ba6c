"""Django's settings: `base`, and on it `demo`, `production` and `test`."""
