"""The words of the studio's pages and scripts, each under a name: `strings.start` in templates, and
in the JSON element ``strings`` for scripts. A script fills in what stands in braces.
"""

from collections.abc import Mapping

from brochure.messages import Catalogue, Message, say

STRINGS: Mapping[str, Message] = {
    "studio": say("Studio"),
    "start": say("All leaflets"),
    "language": say("Language"),
}


def strings(words: Catalogue) -> dict[str, str]:
    """All of them in one language."""
    return {name: words(message) for name, message in STRINGS.items()}
