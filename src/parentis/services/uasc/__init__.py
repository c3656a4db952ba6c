"""Unaccompanied asylum-seeking children: what they cost, what the Home Office pays, night by night."""
