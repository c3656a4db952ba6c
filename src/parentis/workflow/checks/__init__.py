"""Checking: files, submissions and whole trees of returns."""
