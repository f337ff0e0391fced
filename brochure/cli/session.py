"""What all commands have in common: the options they take, and help in the user's language.

Only this is loaded for ``brochure --help``; each command is loaded when it is called.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import click

from brochure.cli.output import Output
from brochure.diagnostics import Diagnostic, DiagnosticsError, Location, error
from brochure.messages import EMPTY, ENGLISH, Message, joined, languages, say
from brochure.project import Project

NOWHERE = Location("")  # of what is wrong with a command


class Session:
    """One call of the command line: the folder it works in, its output, and its name."""

    def __init__(self) -> None:
        self.folder = Path.cwd()
        self.output = Output()
        self.command = ""
        self.wants_json = False  # even where the command line is too wrong to be understood
        self._project: Project | None = None

    @property
    def project(self) -> Project:
        """The project of the folder; that there is none is wrong usage."""
        if self._project is None:
            try:
                self._project = Project.find(self.folder)
            except DiagnosticsError as failed:
                raise wrong_usage(failed) from None
            self.output.project = self._project
        return self._project

    def speak(self, language: str | None = None) -> None:
        """Go on in another language. Click asks the environment, and always speaks English in JSON;
        `main.run` restores it.
        """
        if language is not None:
            self.output.speak(language)
        os.environ["LANGUAGE"] = ENGLISH if self.wants_json else self.output.language


class Usage(click.UsageError):
    """Wrong usage: what is wrong with a command and what to do, in messages to be translated."""

    def __init__(
        self, message: Message, hint: Message = EMPTY, context: click.Context | None = None
    ) -> None:
        super().__init__(message, context)
        self.diagnostics: tuple[Diagnostic, ...] = (error("usage", message, NOWHERE, hint),)

    @property
    def sentence(self) -> Message:
        """All that is wrong, a line for each mistake."""
        return joined((joined((d.message, d.hint)) for d in self.diagnostics), "\n")


def wrong_usage(failed: DiagnosticsError) -> Usage:
    """The errors among some diagnostics as wrong usage: they lie in the command, not in a file."""
    wrong = [replace(d, code="usage", location=NOWHERE) for d in failed.diagnostics if d.is_error]
    usage = Usage(wrong[0].message)
    usage.diagnostics = tuple(wrong)
    return usage


def session_of(context: click.Context) -> Session:
    """The session that a command is part of."""
    found = context.find_object(Session)
    if found is None:  # while a shell completes words
        found = context.find_root().obj = Session()
    return found


class Option(click.Option):
    """An option whose help is in the user's language."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        translated = copy(self)
        translated.help = session_of(ctx).output.words.template(self.help or "")
        return super(Option, translated).get_help_record(ctx)


def _help_option(option: click.Option | None) -> click.Option | None:
    """Click's own --help, with its help in the user's language."""
    if option is None:
        return None
    return Option(
        option.opts, is_flag=True, is_eager=True, expose_value=False, callback=option.callback,
        help=say("Show this page."),
    )  # fmt: skip


def _set_folder(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        session_of(context).folder = value


def _set_language(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        session_of(context).speak(value)


def _set_colour(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        session_of(context).output.colour = {"always": True, "never": False}.get(value)


def _set_quiet(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        session_of(context).output.quiet = True


def _set_verbose(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        session_of(context).output.log_steps()


def _set_json(context: click.Context, _: click.Parameter, value: bool) -> bool:
    if value:
        session_of(context).output.json = True
    return value


def _common_options(*, language: bool) -> list[click.Parameter]:
    """The options that every command takes, before its name or behind it."""
    options: list[click.Parameter] = [
        Option(
            ["--project", "-C"], metavar="DIR",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            callback=_set_folder, expose_value=False, is_eager=True,
            help=say("Work in this folder instead of the current one."),
        ),
        Option(
            ["--verbose", "-v"], is_flag=True, callback=_set_verbose, expose_value=False,
            help=say("Name each step as it begins."),
        ),
        Option(
            ["--quiet", "-q"], is_flag=True, callback=_set_quiet, expose_value=False,
            is_eager=True, help=say("Print only results, errors and warnings."),
        ),
        Option(
            ["--color"], type=click.Choice(["auto", "always", "never"]), callback=_set_colour,
            expose_value=False, is_eager=True, help=say("Whether to print in colour."),
        ),
    ]  # fmt: skip
    if language:
        options.append(
            Option(
                ["--language"], type=click.Choice(list(languages())), callback=_set_language,
                expose_value=False, is_eager=True, help=say("The language of all messages."),
            )
        )  # fmt: skip
    return options


as_json = click.option(
    "--json", "as_json", is_flag=True, cls=Option, callback=_set_json, is_eager=True,
    help=say("Print the result as JSON."),
)  # fmt: skip


@contextmanager
def _naming_command(context: click.Context) -> Iterator[None]:
    """The session knows which command is called, and so does wrong usage, which click tells of some
    mistakes without it.
    """
    session_of(context).command = context.command_path.partition(" ")[2]
    try:
        yield
    except click.UsageError as wrong:
        wrong.ctx = wrong.ctx or context
        raise


class _Common(click.Command):
    """What commands and groups of them have in common: help in the user's language, and that the
    session knows which of them is called.
    """

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option(super().get_help_option(ctx))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _naming_command(ctx):
            return super().parse_args(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        translated = copy(self)
        translated.help = session_of(ctx).output.words.template(self.help or "")
        click.Command.format_help_text(translated, ctx, formatter)


class Command(_Common):
    """A command that takes the common options."""

    def __init__(self, name: str | None, **settings: object) -> None:
        super().__init__(name, **settings)  # type: ignore[arg-type]
        names = {name for parameter in self.params for name in parameter.opts}
        self.params += _common_options(language="--language" not in names)


class Group(_Common, click.Group):
    """Commands of commands. Each is imported when it is called, and until then has a summary only.

    `commands_by_name` has for each name the summary, and the module below ``brochure.cli`` with
    the name of the command in it.
    """

    def __init__(
        self,
        name: str | None,
        commands_by_name: Mapping[str, tuple[Message, str]],
        **settings: object,
    ) -> None:
        super().__init__(
            name,
            subcommand_metavar="COMMAND …",
            **settings,  # type: ignore[arg-type]
        )
        self._summaries = {name: summary for name, (summary, _) in commands_by_name.items()}
        self._places = {name: place for name, (_, place) in commands_by_name.items()}
        self.params += _common_options(language=True)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._places:
            return None
        module, _, name = self._places[cmd_name].partition(":")
        command = getattr(import_module(f"brochure.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self._places and name[:1] != "-" and not ctx.resilient_parsing:
            near = get_close_matches(name, self._places, n=1)
            hint = (
                say("Did you mean `{name}`?", name=near[0])
                if near
                else say("Choose from: {names}.", names=", ".join(self._places))
            )
            raise Usage(say("There is no command `{name}`.", name=name), hint, ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = session_of(ctx).output.words
        with formatter.section(words(say("Commands"))):
            formatter.write_dl([(name, words(text)) for name, text in self._summaries.items()])


def command(name: str, help_text: Message) -> Callable[[Callable[..., int]], click.Command]:
    """Make a function a command: it gets the session, and returns the exit code."""

    def decorated(function: Callable[..., int]) -> click.Command:
        made = click.command(name, cls=Command, help=help_text)(click.pass_obj(function))
        assert isinstance(made, click.Command)
        return made

    return decorated


def option(
    *names: str, help_text: Message, **settings: object
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """An option of one command."""
    return click.option(*names, cls=Option, help=help_text, **settings)
