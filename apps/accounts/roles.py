"""The roles below the admin, from the least to the most, and what each means in words."""

ROLES = {
    "team": "Instrument team: sees data before they are public.",
    "operator": "Operator: of the team; reads the quarantine as well, and stops jobs.",
    "curator": "Curator: of the team; decides who sees what, edits content, and makes accounts.",
}
"""Name of the group -> what it may do. `docs/roles.md` has the whole matrix."""

ADMIN = "Admin: may change everything, other admins included."
VISITOR = "No role: sees what is public, like everyone; has an account for tokens."


def in_words(names, is_superuser):
    """What an account may do, one sentence for each of its roles.

    Parameters
    ----------
    names : iterable of str
        Names of its groups.
    is_superuser : bool

    Returns
    -------
    list of str
        At least one sentence.

    Examples
    --------
    >>> in_words(["team"], False)
    ['Instrument team: sees data before they are public.']
    >>> in_words([], False) == [VISITOR]
    True
    """
    names = set(names)
    held = [words for name, words in ROLES.items() if name in names]
    return ([ADMIN] if is_superuser else []) + held or [VISITOR]
