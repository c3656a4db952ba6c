"""Mail waits in a queue of its own, so that a mail server that is slow or silent delays nobody's page and nobody's call."""
