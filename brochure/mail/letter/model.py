"""``mail.yaml`` as data: the letter to the offices, and the mail server that sends it."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from brochure.diagnostics import shortened
from brochure.manuscript.model.fields import Id, LanguageCode, VisibleText, invalid_value
from brochure.messages import say

# A host name (RFC 1123, 2.1) or an IPv4 address: what a certificate can name. A label has 63
# characters at most (RFC 1035, 2.3.4).
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_PORTS = {"starttls": 587, "tls": 465}  # RFC 6409, 3.1; RFC 8314, 3.3


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise invalid_value(
            "host",
            say("`{host}` is not a valid server name.", host=shortened(value)),
            say(
                "Ask your mail provider for it. It looks like smtp.example.org, without https:// "
                "and without @."
            ),
        )
    return value.lower()


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Server(_Model):
    """The server of your mail provider. Passwords are never stored in a file."""

    host: Annotated[VisibleText, AfterValidator(_host)] = Field(
        description="The name of the server, for example smtp.example.org."
    )
    security: Literal["starttls", "tls"] = Field(
        "starttls",
        description="How the connection is encrypted: `starttls` (port 587), or `tls`, from the "
        "first byte on (port 465).",
    )
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        None, description="The port, if it is not 587 or 465."
    )
    user: Annotated[VisibleText, StringConstraints(pattern=r"^\S+$")] | None = Field(
        None, description="The user name to log in with, if it is not the address under `from`."
    )

    @property
    def port_number(self) -> int:
        """The port, or the usual one for the kind of encryption."""
        return self.port or _PORTS[self.security]


class LetterText(_Model):
    """The letter in one language."""

    subject: VisibleText = Field(description="The subject, on one line; it may contain slots.")
    letter: VisibleText = Field(
        description="The letter, in Markdown, with slots: {{ recipient.salutation }}, "
        "{{ region.name }}."
    )
    objection: VisibleText | None = Field(
        None,
        description="A line on how to object to further mail. If it is missing, brochure adds one.",
    )


class Mailing(LetterText):
    """``mail.yaml``: a letter to many offices, with the leaflet attached."""

    from_: VisibleText = Field(
        alias="from",
        description="The sender: Initiative <flyer@example.org>, the mailbox that you log in to.",
    )
    reply_to: VisibleText | None = Field(
        None, alias="reply-to", description="The address for replies, if it is another one."
    )
    languages: dict[LanguageCode, LetterText] | None = Field(
        None, description="The letter in further languages, by language code."
    )
    edition: VisibleText = Field("email", description="The edition to attach.")
    server: Server = Field(description="The server that sends the mail.")
    pace: Annotated[int, Field(ge=1, le=600)] = Field(20, description="Letters per minute.")
    campaign: Id | None = Field(
        None,
        description="A name for this mailing: each address gets one letter per campaign. If it is "
        "missing, the name of the leaflet is used.",
    )
