"""What is shown of an imported document: the names of kinds, and how sure it is."""

from collections.abc import Mapping

from brochure.interchange.document import Kind
from brochure.interchange.proposal import Confidence
from brochure.messages import Message, say

#: What stands beside the text of a document, or changes it, in the order in which it is listed.
KINDS: Mapping[Kind, Message] = {
    "insertion": say("Tracked insertions, which are in the text"),
    "deletion": say("Tracked deletions, which are not in the text"),
    "moved": say("Tracked moves"),
    "comment": say("Comments in the margin"),
    "header": say("Headers"),
    "footer": say("Footers"),
    "footnote": say("Footnotes"),
    "endnote": say("Endnotes"),
    "text-box": say("Text boxes"),
    "field": say("Fields"),
    "hidden": say("Hidden text"),
    "formula": say("Formulas"),
    "other": say("Other text"),
}
#: Those that say what somebody wanted to change: taking or leaving them changes what is meant.
TRACKED: tuple[Kind, ...] = ("insertion", "deletion", "moved")
CONFIDENCE: Mapping[Confidence, Message] = {
    "sure": say("sure"),
    "likely": say("likely"),
    "doubtful": say("doubtful"),
}
