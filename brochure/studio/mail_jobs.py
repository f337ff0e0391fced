"""What is done about mail that takes its time: PDFs are built and letters sent, as the command
line does it, with the same checks, lock, ledger and pace.
"""

from contextlib import closing
from datetime import datetime, timedelta

from brochure.diagnostics import fail
from brochure.mail import gate
from brochure.mail.campaign import Campaign
from brochure.mail.context import Entries, MailContext, mailbox, refuse
from brochure.mail.delivery.dispatch import CampaignError, Dispatch, dispatch, log_in
from brochure.mail.delivery.entries import DELIVERY_STATES, OPEN_STATES, DeliveryState
from brochure.mail.delivery.password import Password, find_password
from brochure.mail.delivery.send import Pause, Sent
from brochure.mail.drafts import send_samples
from brochure.mail.summary import counts
from brochure.messages import EMPTY, Message, catalogue, joined, say
from brochure.project import Project
from brochure.studio.answers import Json
from brochure.studio.builds import Builds
from brochure.studio.jobs import Job, Jobs
from brochure.studio.letters import LetterEditing
from brochure.studio.mailing_data import progress_data, seal
from brochure.studio.refusal import Refusal, malformed

_LONGEST = 1_000  # characters of what is typed
_SETTLED = (DeliveryState.ACCEPTED, DeliveryState.REFUSED, DeliveryState.UNKNOWN)


class MailJobs:
    """The jobs about the mail of a project, of which one at a time is done."""

    def __init__(self, project: Project, builds: Builds, letters: LetterEditing) -> None:
        self._project, self._builds, self._letters = project, builds, letters
        self._jobs = Jobs()
        self.listen, self.close = self._jobs.listen, self._jobs.close

    def progress(self, name: str, language: str) -> Json:
        """How far the last job of a leaflet has come."""
        return progress_data(self._jobs.progress(name), catalogue(language))

    def stop(self, name: str, language: str) -> Json:
        """Stop after the letter that is on its way."""
        self._jobs.stop(name)
        return self.progress(name, language)

    def build(self, name: str, language: str) -> Json:
        """Build the PDFs that are attached, as far as they are not up to date."""
        campaign, _, _ = MailContext(self._project, name).campaign()
        suppressed = {row.address.key for row, _ in campaign.suppressed}
        wanted = dict.fromkeys(
            row.variant for row in campaign.recipients if row.address.key not in suppressed
        )

        def work(job: Job) -> None:
            job.begin(len(wanted), say("The PDFs are being made …"))
            done = 0
            for selection in gate.selections(wanted):
                for _ in self._builds.build(name, campaign.edition, selection):
                    done += 1
                    job.update(state="running", done=done)
                    if job.stop.is_set():
                        job.update(state="stopped", sentence=say("Stopped before the end."))
                        return
            job.update(state="done", sentence=say("The PDFs are made."))

        return progress_data(self._jobs.start(name, "build", work), catalogue(language))

    def test(self, name: str, body: Json, language: str) -> Json:
        """Send three of the letters to an address of one's own."""
        to, typed = mailbox(text_in(body, "address")), text_in(body, "password")

        def work(job: Job) -> None:
            ensure_saved(self._letters, name)
            campaign, _ = sendable_campaign(self._project, name)
            password = _password(campaign, typed)
            job.begin(0, say("Logging in to {host} …", host=campaign.server.host))
            accepted = True
            with closing(log_in(campaign, password)) as connection:
                for sample in send_samples(campaign, to, self._project, connection, now):
                    accepted &= sample.result.state is DeliveryState.ACCEPTED
                    done = job.progress.done + 1
                    job.update(state="running", done=done, line=_line(sample, say("for {address}",
                               address=sample.outgoing.recipient.address.spec)))  # fmt: skip
                    if job.stop.is_set():
                        break
            sentence = say(
                "Sent to {address} only. Look at these mails, and at their PDFs.", address=to.spec
            )
            if not accepted:
                sentence = say("Not every letter was accepted.")
            job.update(state="done" if accepted else "failed", sentence=sentence)

        return progress_data(self._jobs.start(name, "test", work), catalogue(language))

    def send(self, name: str, body: Json, language: str) -> Json:
        """Send what is open, after the number of letters was typed. `seal` is that of the letters
        that were shown.
        """
        number, shown = _number(body), text_in(body, "seal")
        typed = text_in(body, "password")
        context = MailContext(self._project, name)

        def work(job: Job) -> None:
            ensure_saved(self._letters, name)
            with dispatch(context, now()) as ready:
                if not ready.outgoing:
                    refuse(say("Nothing to send: {counts}.", counts=counts(ready.entries)))
                ready.check_count(number)
                if seal(ready.campaign, ready.outgoing) != shown:
                    raise Refusal(
                        409,
                        say("The letters are others by now than this page showed. Nothing was "
                            "sent."),
                        say("Look at them, and type the number again."),
                    )  # fmt: skip
                password = _password(ready.campaign, typed)
                host = ready.campaign.server.host
                job.begin(len(ready.outgoing), say("Logging in to {host} …", host=host))
                self._send(job, ready, password)

        return progress_data(self._jobs.start(name, "send", work), catalogue(language))

    def _send(self, job: Job, ready: Dispatch, password: Password) -> None:
        connection = log_in(ready.campaign, password)
        try:
            with closing(ready.run(password, connection, job.stop, now)) as events:
                for event in events:
                    if isinstance(event, Pause):
                        time = f"{now() + timedelta(seconds=event.seconds):%H:%M:%S}"
                        sentence = say("Waiting until {time}: {why}.", time=time, why=event.why)
                        job.update(state="waiting", sentence=sentence)
                    elif not event.result.sender_rejected:
                        job.update(
                            state="running",
                            done=job.progress.done + (event.result.state in _SETTLED),
                            sentence=EMPTY,
                            line=_line(event, event.outgoing.recipient.address.spec),
                        )
        finally:
            entries = ready.ledger.entries(ready.campaign.name)
            job.update(sentence=say("In all: {counts}.", counts=counts(entries)))
        sentence = say("In all: {counts}.", counts=counts(entries))
        left = any(entry.state in OPEN_STATES for entry in entries.values())
        stopped = left and job.stop.is_set()
        job.update(
            state="stopped" if stopped else "done",
            sentence=joined([say("Stopped before the end."), sentence]) if stopped else sentence,
        )


def _line(sent: Sent, address: str) -> Message:
    """What became of a letter, on a line."""
    code = f"{sent.result.code} " if sent.result.code else ""
    return say(
        "{state}: {address} {code}{reply}",
        state=DELIVERY_STATES[sent.result.state],
        address=address,
        code=code,
        reply=sent.result.text,
    )


def _password(campaign: Campaign, typed: str) -> Password:
    """The password, from wherever it is, or as it was typed just now."""
    password = find_password(campaign.user, lambda: typed or None)
    if password is None:
        fail(
            "no-password",
            say("There is no password for `{user}`.", user=campaign.user),
            campaign.location,
            say("Type it: it is used for these letters only, and stored nowhere."),
        )
    return password


def _number(body: Json) -> int:
    """The number of letters as it was typed."""
    count = text_in(body, "count").strip()
    if not (count.isascii() and count.isdecimal() and len(count) < 10):
        raise Refusal(422, say("Type the number of letters, in digits. Nothing was sent."))
    return int(count)


def ensure_saved(letters: LetterEditing, name: str) -> None:
    """Raise Refusal where a letter has words that are not in its file yet: they would be missing
    from what is sent.
    """
    waiting = letters.waiting(name)
    if waiting:
        raise Refusal(
            409,
            say("Some words of the letter are not in its file yet: {reason}", reason=waiting[0]),
            say("Correct them first. Nothing was sent."),
        )


def sendable_campaign(project: Project, name: str) -> tuple[Campaign, Entries]:
    """The campaign of a leaflet and its rows in the ledger. Raises DiagnosticsError if anything in
    it is wrong.
    """
    campaign, entries, diagnostics = MailContext(project, name).campaign()
    if not campaign.sendable:
        raise CampaignError(diagnostics)
    return campaign, entries


def text_in(body: Json, key: str) -> str:
    """A text of a request; empty where there is none. Raises Refusal."""
    value = body.get(key) or ""
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise malformed()
    return value


def now() -> datetime:
    """The time, as it is written into letters."""
    return datetime.now().astimezone()
