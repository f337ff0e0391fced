"""``mail.yaml``, read: what it says, and what is wrong with it by itself."""

from dataclasses import dataclass

from brochure.diagnostics import Diagnostic, Place, Problems, error, raise_errors, warning
from brochure.mail import address
from brochure.mail.letter import misplaced_slots
from brochure.mail.message import Sender
from brochure.mail.model import Mailing
from brochure.manuscript import yamltree
from brochure.manuscript.nodes import Tree
from brochure.manuscript.validate import did_you_mean, validate
from brochure.press.edition import Edition, load_editions
from brochure.project import MAIL, Project


@dataclass(frozen=True)
class Read:
    """A mailing with the tree that it was read from, and warnings about it."""

    mailing: Mailing
    tree: Tree
    sender: Sender
    user: str
    edition: Edition
    diagnostics: tuple[Diagnostic, ...]


def read_mailing(project: Project, leaflet: str) -> Read:
    """``content/<leaflet>/mail.yaml``. Raises Problems with all that is wrong in it."""
    path = project.manuscript(leaflet).with_name(MAIL)
    project.seen.add(path)
    if not path.exists() and not path.is_symlink():
        said = "There is no letter yet to send this leaflet with."
        hint = (
            f"`brochure mail {leaflet} --new` writes one, and a list of recipients, to begin with."
        )
        raise Problems([error("no-mailing", said, Place(project.show(path)), hint)])
    tree, complaints = yamltree.read(project, path)
    mailing, invalid = validate(tree, Mailing)
    lines = {complaint.place.line for complaint in complaints if complaint.is_error}
    complaints += [complaint for complaint in invalid if complaint.place.line not in lines]
    complaints += misplaced_slots(tree)
    if mailing is None:
        raise Problems(complaints)
    editions = load_editions(project)
    if mailing.edition not in editions:
        complaints.append(
            error(
                "unknown-edition",
                f"There is no edition `{mailing.edition}`.",
                tree.place(("edition",)),
                did_you_mean(mailing.edition, list(editions)),
            )
        )
    elif editions[mailing.edition].suffix != ".pdf":
        complaints.append(
            error(
                "edition",
                f"The edition `{mailing.edition}` is no PDF; offices are sent one.",
                tree.place(("edition",)),
                "Take `email`.",
            )
        )
    found: dict[str, address.Address] = {}
    for key, text in (("from", mailing.from_), ("reply-to", mailing.reply_to)):
        try:
            if text is not None:
                found[key] = address.parse_sender(text, tree.place((key,)))
        except Problems as problems:
            complaints += problems.diagnostics
    user = mailing.server.user or (found["from"].spec if "from" in found else "")
    if "from" in found:
        complaints += _strangers(mailing, tree, found["from"])
    diagnostics = raise_errors(complaints)
    sender = Sender(found["from"], found.get("reply-to"))
    return Read(mailing, tree, sender, user, editions[mailing.edition], diagnostics)


def _strangers(mailing: Mailing, tree: Tree, sender: address.Address) -> list[Diagnostic]:
    """Mail in the name of another mailbox than the one that logs in is taken for forged."""
    user = mailing.server.user
    if user is None or user.casefold() == sender.key:
        return []
    place = tree.place(("server", "user"))
    if "@" in user:
        return [
            error(
                "sender",
                f"`{user}` logs in, and `{sender.spec}` sends: such mail is taken for forged.",
                place,
                "Write the mailbox that logs in under `from`, and the other under `reply-to`.",
            )
        ]
    return [
        warning(
            "sender",
            f"Whether the mailbox of `{user}` is `{sender.spec}` cannot be seen from here.",
            place,
            "It must be: mail in the name of another mailbox is taken for forged.",
        )
    ]
