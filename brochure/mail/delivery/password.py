"""The password of the mail server: from the environment, the system's keyring, or a prompt.

It is never stored in a file of the project, and never given on the command line: others could see
it there.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass

import keyring
from keyring.errors import KeyringError

ENVIRONMENT_VARIABLE = "BROCHURE_MAIL_PASSWORD"
_SERVICE = "brochure"


@dataclass(frozen=True)
class Password:
    """A password, and whether it was typed just now. Its text is hidden when it is printed."""

    text: str
    typed: bool = False

    def __repr__(self) -> str:
        return "Password(…)"


def find_password(user: str, prompt: Callable[[], str | None]) -> Password | None:
    """The password of a user, or None. `prompt` asks for it, and returns None if it cannot."""
    if from_environment := os.environ.get(ENVIRONMENT_VARIABLE):
        return Password(from_environment)
    if from_keyring := _stored_password(user):
        return Password(from_keyring)
    typed = prompt()
    return Password(typed, typed=True) if typed else None


def store_password(user: str, password: Password) -> bool:
    """Put a password into the system's keyring. False if there is no keyring that works."""
    try:
        keyring.set_password(_SERVICE, user, password.text)
    except (KeyringError, RuntimeError, OSError):
        return False
    return True


def _stored_password(user: str) -> str | None:
    try:
        return keyring.get_password(_SERVICE, user)
    except (KeyringError, RuntimeError, OSError):  # there is none, or it is locked or broken
        return None
