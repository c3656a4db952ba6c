"""Who may decide about a submission. Two people stand behind every accepted return, whatever roles they hold.

* A return that asks for signatures is accepted by the first and final with the last. Nobody gives two.
* Where one person handed it in, others must have signed before it is final: they may give one signature of several.
* A return that asks for none is accepted by somebody who did not hand it in.
"""

from collections.abc import Collection, Mapping

ROLE_TITLES = {"director": "director of children's services", "section-151": "section 151 officer"}


def refusal(*, who: str, handed_in_by: str, signed: Mapping[str, str], asked: Collection[str], role: str | None) -> str:
    """Why `who` may not accept (in `role`, where signatures are `asked`), in a sentence; '' where they may.

    `signed`: role to who signed in it."""
    if not asked:
        return "You submitted this return: somebody else must accept it." if who == handed_in_by else ""
    if role is None or role not in asked:
        return f"This return is signed by the {_listed(asked)}."
    if role in signed:
        return f"The {ROLE_TITLES.get(role, role)} has signed."
    if who in signed.values():
        return "You have signed in another role: somebody else must sign in this one."
    return ""


def may_sign_in(
    *, who: str, handed_in_by: str, signed: Mapping[str, str], asked: Collection[str], held: Collection[str]
) -> tuple[str, ...]:
    """The roles, of those `who` holds, in which they may sign now."""
    return tuple(
        role
        for role in asked
        if role in held and not refusal(who=who, handed_in_by=handed_in_by, signed=signed, asked=asked, role=role)
    )


def _listed(roles: Collection[str]) -> str:
    return " and the ".join(ROLE_TITLES.get(role, role) for role in roles)
