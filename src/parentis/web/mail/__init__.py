"""Mail waits in a queue of its own, so that a slow or silent mail server delays nobody's page and nobody's call."""
