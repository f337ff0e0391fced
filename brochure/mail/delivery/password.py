"""The password of the mail server: from the environment, the system's keyring, or a prompt.

Never from a file of the project or the command line, where others would see it.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

VARIABLE = "BROCHURE_MAIL_PASSWORD"
_SERVICE = "brochure"


@dataclass(frozen=True)
class Password:
    """A password, and whether it was typed just now. It never shows when printed."""

    text: str
    typed: bool = False

    def __repr__(self) -> str:
        return "Password(…)"


def find(user: str, ask: Callable[[], str | None]) -> Password | None:
    """The password of a user. `ask` prompts for it; None where nobody can be asked."""
    if given := os.environ.get(VARIABLE):
        return Password(given)
    if kept := _kept(user):
        return Password(kept)
    typed = ask()
    return Password(typed, typed=True) if typed else None


def keep(user: str, password: Password) -> bool:
    """Put it into the system's keyring; False where there is none that works."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(_SERVICE, user, password.text)
    except (KeyringError, RuntimeError, OSError):
        return False
    return True


def _kept(user: str) -> str | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(_SERVICE, user)
    except (KeyringError, RuntimeError, OSError):  # none here, locked, or out of order
        return None
