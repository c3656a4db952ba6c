"""Unaccompanied children: the cost survey filled in at the site, who has answered it, the claim, and other rates."""
