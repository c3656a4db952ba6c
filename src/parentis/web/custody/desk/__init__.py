"""Deciding which authority is responsible for a child, and the routing desk for doubtful cases."""
