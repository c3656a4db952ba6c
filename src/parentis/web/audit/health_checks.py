"""The health checks of the audit record's outside copies."""

from parentis.web.audit.outside import anchors_in_time, streams_in_time

CHECKS = {"anchors": anchors_in_time, "audit-stream": streams_in_time}
