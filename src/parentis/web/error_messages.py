"""What an error tells somebody at the site to do: the same as at the command line, in the site's words.

Below the site, errors name the commands and options that put things right. A test looks through every error of theirs
and finds it here, or among those that no page meets.
"""

from parentis.archive import find_home

WORDS = {
    "'parentis check' says what each file was taken for.": "Below stands what each file was taken for.",
    "Give it with --authority, by name or ONS code.": "Somebody of that authority hands it in, and chooses it.",
    "Give it with --period 2024-25.": "Hand it in again, and give its year: 2024-25.",
    "Give --period, or check that the files are of the return you meant.": (
        "Give the year, or check that the files are of the return you meant."
    ),
    "Say which with --return, or put it in the file's name.": (
        "Choose the return when you hand it in, or put it in the file's name."
    ),
    "See 'parentis register' for what is still to be signed.": "Its page says what is still to be signed.",
    "List them with 'parentis register'.": "The list of returns has those that are held.",
    "List them with 'parentis figures --list'.": "The list of measures has them all.",
    "Run 'parentis build' first.": "Figures are built when a return is accepted: wait until they are.",
    "Run 'parentis build'.": "Figures are built when a return is accepted: wait until they are.",
    "Submit files, run 'parentis build', then make the pack.": "Hand in returns; once one is accepted, make the pack.",
    "Take it from 'parentis figures --format json'; a build since may have replaced it.": (
        "Follow the figure's own link again; a build since may have replaced it."
    ),
    "Hand them in first: 'parentis submit'.": "Hand them in first.",
}
"The command line's words, and the site's."
MET_BY_NO_PAGE = frozenset({
    "Give the reason with --why, or leave the accepted edition as it is.",
    "Any command that writes will finish them: 'parentis build', say.",
    "'parentis rebuild' recreates the lake without them.",
    "'parentis rebuild' recreates the lake from the archive.",
    "Leave --on out to run on this machine.",
    "Install the extra: pip install 'parentis[spark]', or leave --on out.",
    "Lay the returns out so, or check the files without --on and --workers.",
    "Give the .json that --out wrote, or what --format json printed.",
    "Give it with --collection-year 2024-25.",
})  # fmt: skip
"Of the doctor, of clusters, and of checking files without keeping them."


def site_message(text: str) -> str:
    """`text` of an error in the site's words; the folder that everything lies in is nobody's business."""
    for said, meant in WORDS.items():
        text = text.replace(said, meant)
    return text.replace(str(find_home().path), "the site")
