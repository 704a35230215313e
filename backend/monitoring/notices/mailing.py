"""E-mail: one message at a time to the server the settings name. Nothing here raises; what came of it is the answer."""

from email.message import EmailMessage
from email.utils import formataddr, formatdate

from backend.kit.settings import MailSecurity, Settings
from backend.monitoring.notices.values import Due, NoticeFailure, Tried

PERMANENT = 500
"""A reply from here on says that trying again is of no use (RFC 5321, 4.2.1)."""


def message(due: Due, sender: str, tenant_zh: str, tenant_en: str) -> EmailMessage:
    """Return a notice as a message in its addressee's language.

    Its `Message-ID` is the delivery's own, the same on every attempt: a second copy is known as one.
    """
    is_zh = due.language.startswith("zh")
    made = EmailMessage()
    subject = due.notice.subject.zh if is_zh else due.notice.subject.en
    body = due.notice.text.zh if is_zh else due.notice.text.en
    made["From"] = formataddr((_line(tenant_zh if is_zh else tenant_en), sender))
    made["To"] = formataddr((_line(due.name), due.address))
    made["Subject"] = _line(subject)
    made["Date"] = formatdate(due.notice.created_at.timestamp())
    made["Message-ID"] = f"<{due.id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    foot = (
        "本邮件由碳账户平台自动发出，请勿回复；详情请登录平台查看。如不需要邮件，可在平台的通知设置中关闭。"
        if is_zh
        else "Sent by the carbon account automatically; do not reply. Sign in for more, or to switch these messages off."
    )
    made.set_content(f"{body}\n\n--\n{foot}\n")
    return made


def _line(given: str) -> str:
    """Return a text as one line: a header has no other."""
    return " ".join(given.split())


async def post(settings: Settings, made: EmailMessage, seconds: int) -> Tried:
    """Hand a message to the server; return what came of it."""
    import aiosmtplib  # noqa: PLC0415 - only a process that sends mail needs it

    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    try:
        await aiosmtplib.send(
            made, hostname=settings.smtp_host, port=settings.smtp_port, timeout=seconds,
            username=settings.smtp_user, password=password, use_tls=settings.smtp_security is MailSecurity.TLS,
            start_tls=settings.smtp_security is MailSecurity.STARTTLS,
        )  # fmt: skip
    except aiosmtplib.SMTPRecipientsRefused as error:
        code = error.recipients[0].code if error.recipients else 0
        return Tried(code or None, NoticeFailure.REFUSED, is_final=code >= PERMANENT)
    except aiosmtplib.SMTPResponseException as error:
        return Tried(error.code, NoticeFailure.REFUSED, is_final=error.code >= PERMANENT and not _is_ours(error))
    except (TimeoutError, aiosmtplib.SMTPTimeoutError):
        return Tried(None, NoticeFailure.TIMEOUT)
    except (aiosmtplib.SMTPException, OSError, ValueError):
        return Tried(None, NoticeFailure.CONNECTION)
    return Tried(None, None)


def _is_ours(error: Exception) -> bool:
    """Tell whether the server refused us, not the message: what the operator can mend is tried again."""
    import aiosmtplib  # noqa: PLC0415 - see above

    return isinstance(
        error, aiosmtplib.SMTPAuthenticationError | aiosmtplib.SMTPHeloError | aiosmtplib.SMTPConnectResponseError
    )
