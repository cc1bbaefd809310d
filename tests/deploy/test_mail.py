import smtplib
from email.message import EmailMessage
from typing import Any

import requests

from deploy.local.mail import linked
from deploy.local.stack import Stack


def celebration(message_id: str, to: str = "ana@example.org") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "HEP <hep@localhost>"
    message["To"] = to
    message["Subject"] = "¡Siete días!"
    message["Message-ID"] = message_id
    message.set_content("You did it <again>. Open http://localhost:8080/adherence/ to see it.")
    message.add_alternative("<p>You <b>did</b> it.</p>", subtype="html")
    return message


def send(front: Stack, message: EmailMessage) -> None:
    host, _, port = front.smtp.partition(":")
    with smtplib.SMTP(host, int(port), timeout=10) as client:
        client.send_message(message)


def delivered(front: Stack, message_id: str) -> list[dict[str, Any]]:
    answer = requests.get(f"{front.origin}/mail/messages.json", timeout=10)
    return [one for one in answer.json()["messages"] if one["message_id"] == message_id]


def test_a_mail_sent_by_smtp_is_kept_and_listed(front: Stack) -> None:
    send(front, celebration("<one@hep>"))

    (mail,) = delivered(front, "<one@hep>")

    assert (mail["to"], mail["subject"]) == (["ana@example.org"], "¡Siete días!")
    file = front.data / "mail" / f"{mail['id']}.eml"
    assert b"Message-ID: <one@hep>" in file.read_bytes()
    assert "¡Siete días!" in requests.get(f"{front.origin}/mail/", timeout=10).text


def test_one_message_delivered_twice_is_seen_twice(front: Stack) -> None:
    send(front, celebration("<twice@hep>"))
    send(front, celebration("<twice@hep>"))

    assert len({mail["id"] for mail in delivered(front, "<twice@hep>")}) == 2
    assert "delivered 2 times" in requests.get(f"{front.origin}/mail/", timeout=10).text


def test_a_mail_can_be_read_as_text_and_as_its_reader_sees_it(front: Stack) -> None:
    send(front, celebration("<read@hep>"))
    address = f"{front.origin}/mail/{delivered(front, '<read@hep>')[0]['id']}"

    page = requests.get(address, timeout=10)
    html = requests.get(f"{address}/html", timeout=10)

    assert "You did it &lt;again&gt;." in page.text
    assert 'href="http://localhost:8080/adherence/"' in page.text
    assert "You <b>did</b> it." in html.text
    assert html.headers["Content-Security-Policy"].startswith("sandbox ")


def test_a_mail_that_is_not_there_answers_404(front: Stack) -> None:
    for name in ("none", "..%2fkeys%2fissuer", "none/html"):
        assert requests.get(f"{front.origin}/mail/{name}", timeout=10).status_code == 404


def test_links_in_a_text_end_before_the_sentence_does() -> None:
    assert linked("See https://a.example/b?c=1&d=2.") == (
        'See <a href="https://a.example/b?c=1&amp;d=2" rel="noreferrer">'
        "https://a.example/b?c=1&amp;d=2</a>."
    )
