"""Notices: what somebody should know, in the site and by mail, sent when the write that causes it has committed."""
