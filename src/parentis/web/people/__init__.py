"""People and places: organisations, roles, permissions, invitations, and the single point of authorisation.

`may(person, action, authority=…)` and `require(…)` decide; `Gate` calls them before every view. Other apps import
`parentis.web.people.authorisation` and declare their actions and routes in an `access` module of their own.
"""
