"""People and places: organisations, roles, permissions, invitations, and the one point of authorisation.

`may(person, action, authority=…)` and `require(…)` decide; `Gate` asks them before every view. Other apps import
`parentis.web.people.authorisation` and declare their actions and routes in an `access` module of their own.
"""
