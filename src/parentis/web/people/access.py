"""What can be done with people and their accounts, and the pages for it. The entries for allauth's pages are here."""

from parentis.web.people.permissions import About, Action, MenuItem, Open, Route, to
from parentis.web.people.roles import EVERYWHERE, MEMBERS, Kind

ACTIONS = (
    Action(
        id="people.manage",
        title="Invite people to an organisation, give and remove roles, reset one-time codes",
        about=About.ORGANISATION,
        to=to(tuple(EVERYWHERE), "administrator"),
    ),
    Action(
        id="people.confirm",
        title="Decide, as a second person, on a role that an administrator asked for",
        about=About.ORGANISATION,
        to=to(tuple(EVERYWHERE), "administrator") | to(tuple(MEMBERS), "data-protection", "auditor"),
    ),
    Action(
        id="people.review",
        title="Review who has access to an organisation's data, and download the list",
        about=About.ORGANISATION,
        to=to(tuple(EVERYWHERE), "administrator") | to(tuple(MEMBERS), "data-protection", "auditor"),
    ),
    Action(
        id="people.organisations",
        title="Add organisations",
        about=About.NOTHING,
        to=to(Kind.REGION, "administrator"),
    ),
)

MENU = (
    MenuItem("People", "people", "people.manage", order=80),
    MenuItem("Access", "people-access", "people.review", order=81),
)

ROUTES: dict[str, Route] = {
    "people-me": Route(action=Open.SIGNED_IN),
    "people-join": Route(action=Open.PUBLIC),
    "people": Route(action="people.manage"),
    "people-organisation": Route(action="people.manage", place="slug"),
    "people-withdraw": Route(action="people.manage", place="slug"),
    "people-take-role": Route(action="people.manage", place="slug"),
    "people-remove": Route(action="people.manage", place="slug"),
    "people-reset-codes": Route(action="people.manage", place="slug"),
    "people-access": Route(action="people.review"),
    "people-access-list": Route(action="people.review", place="slug", records="exported"),
    "people-access-reviewed": Route(action="people.review", place="slug"),
    "people-decide": Route(action="people.confirm", place="slug"),
    "people-acting": Route(action=Open.SIGNED_IN),
    "people-add-organisation": Route(action="people.organisations"),
    # Signing in and out.
    "account_login": Route(action=Open.PUBLIC),
    "account_logout": Route(action=Open.PUBLIC),
    "account_inactive": Route(action=Open.PUBLIC),
    "account_reauthenticate": Route(action=Open.SIGNED_IN, before_codes=True),
    "account_reset_password": Route(action=Open.PUBLIC),
    "account_reset_password_done": Route(action=Open.PUBLIC),
    "account_reset_password_from_key": Route(action=Open.PUBLIC),
    "account_reset_password_from_key_done": Route(action=Open.PUBLIC),
    "account_change_password": Route(action=Open.SIGNED_IN),
    "account_set_password": Route(action=Open.SIGNED_IN),
    # One-time codes.
    "mfa_index": Route(action=Open.SIGNED_IN, before_codes=True),
    "mfa_authenticate": Route(action=Open.PUBLIC),
    "mfa_reauthenticate": Route(action=Open.SIGNED_IN, before_codes=True),
    "mfa_activate_totp": Route(action=Open.SIGNED_IN, before_codes=True),
    "mfa_deactivate_totp": Route(action=Open.SIGNED_IN),
    "mfa_view_recovery_codes": Route(action=Open.SIGNED_IN),
    "mfa_generate_recovery_codes": Route(action=Open.SIGNED_IN),
    "mfa_download_recovery_codes": Route(action=Open.SIGNED_IN),
    # The organisation's identity provider.
    "openid_connect_login": Route(action=Open.PUBLIC),
    "openid_connect_callback": Route(action=Open.PUBLIC),
    "socialaccount_login_cancelled": Route(action=Open.PUBLIC),
    "socialaccount_login_error": Route(action=Open.PUBLIC),
    # Pages of allauth that this site does not use: there is no sign-up, and administrators change addresses.
    "account_signup": Route(action=Open.CLOSED),
    "account_email": Route(action=Open.CLOSED),
    "account_email_verification_sent": Route(action=Open.CLOSED),
    "account_confirm_email": Route(action=Open.CLOSED),
    "account_confirm_login_code": Route(action=Open.CLOSED),
    "socialaccount_signup": Route(action=Open.CLOSED),
    "socialaccount_connections": Route(action=Open.CLOSED),
}
