"""``mail.yaml`` as data: what is written to the offices, and by which way it goes."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from brochure.manuscript.model.fields import Id, Language, Text

FILE = "mail.yaml"
# A host name (RFC 1123, 2.1) or an address of IPv4; what can stand in a certificate. Each label has
# 63 characters at most (RFC 1035, 2.3.4).
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise PydanticCustomError(
            "host",
            "{message}",
            {
                "message": f"`{value[:80]}` is no name of a server.",
                "hint": "Your mail provider names it, as in smtp.example.org; no address with "
                "https:// or @.",
            },
        )
    return value.lower()


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Server(_Model):
    """The server of your mail provider. The password stands nowhere in these files."""

    host: Annotated[Text, AfterValidator(_host)] = Field(
        description="Its name, as in smtp.example.org."
    )
    security: Literal["starttls", "tls"] = Field(
        "starttls",
        description="How the connection is encrypted: `starttls` (port 587), or from the first "
        "byte on, `tls` (port 465).",
    )
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        None, description="Its port, where it is another one than 587 or 465."
    )
    user: Annotated[Text, StringConstraints(pattern=r"^\S+$")] | None = Field(
        None, description="The name to log in with, where it is not the address under `from`."
    )

    @property
    def number(self) -> int:
        """The port (RFC 6409, 3.1; RFC 8314, 3.3)."""
        return self.port or {"starttls": 587, "tls": 465}[self.security]


class Words(_Model):
    """The letter in one language."""

    subject: Text = Field(description="The subject: one line; slots may stand in it.")
    letter: Text = Field(
        description="The letter, in Markdown, with slots: {{ recipient.salutation }}, "
        "{{ region.name }}."
    )
    objection: Text | None = Field(
        None,
        description="A line on how to object to further mail; without, brochure writes one.",
    )


class Mailing(Words):
    """``mail.yaml``: a letter to many offices, with the leaflet attached."""

    from_: Text = Field(
        alias="from",
        description="You: Initiative <flyer@example.org>, the mailbox that you log in to.",
    )
    reply_to: Text | None = Field(
        None, alias="reply-to", description="Where answers go, if not there."
    )
    languages: dict[Language, Words] | None = Field(
        None, description="The letter in other languages, by their codes, for recipients of them."
    )
    edition: Text = Field("email", description="The edition that is attached.")
    server: Server = Field(description="The server that takes the mail.")
    pace: Annotated[int, Field(ge=1, le=600)] = Field(20, description="Letters a minute.")
    campaign: Id | None = Field(
        None,
        description="A name for this mailing: under one name, each address gets one letter. "
        "Without, that of the leaflet.",
    )
