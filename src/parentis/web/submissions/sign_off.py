"""Who may decide on a submission. Every accepted return needs two people, whatever roles they hold.

* A return that asks for signatures is accepted by the first signature and final with the last. Nobody gives two.
* The person who submitted it may give one of several signatures, but others must also have signed before it is final.
* A return that asks for none is accepted by a person who did not submit it.
"""

from collections.abc import Collection, Mapping

ROLE_TITLES = {"director": "director of children's services", "section-151": "section 151 officer"}


def refusal(*, who: str, handed_in_by: str, signed: Mapping[str, str], asked: Collection[str], role: str | None) -> str:
    """Why `who` may not accept (in `role`, where signatures are `asked`), in a sentence; '' where they may.

    `signed`: role → the person who signed in it.
    """
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
