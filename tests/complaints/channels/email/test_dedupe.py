from collections import defaultdict

import pytest

from complaints.channels.email.dedupe import external_id
from tests.complaints.channels.email.corpus import files, needs_corpus
from tests.complaints.channels.email.reading import read

MAIL = b"From: a@b.c\nDate: today\nSubject: x\nMessage-ID: <1@b>\n\nbody\n"


@pytest.mark.parametrize(
    "same",
    [
        b"Received: from x\nReturn-Path: <a@b.c>\nDelivered-To: other@desk\n" + MAIL,
        MAIL.replace(b"\n", b"\r\n"),
        MAIL + b"\n",
        MAIL.replace(b"Subject: x", b"Subject:\n x"),
    ],
)
def test_external_id_is_the_same_for_each_delivery(same):
    assert external_id(same) == external_id(MAIL)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"body", b"another"),
        MAIL.replace(b"<1@b>", b"<2@b>"),
        MAIL.replace(b": x", b": y"),
        MAIL.replace(b"today", b"tomorrow"),
        MAIL.replace(b"a@b.c", b"d@b.c"),
    ],
)
def test_external_id_differs_for_another_mail(other):
    assert external_id(other) != external_id(MAIL)


@needs_corpus
def test_external_id_is_shared_in_the_corpus_by_the_same_letters_alone():
    letters = defaultdict(set)
    for path in files("mail"):
        mail = read(path.read_bytes())
        letter = (mail.message_id, mail.sender, mail.sent_at, mail.subject)
        letters[mail.external_id].add(letter)
    assert {len(found) for found in letters.values()} == {1}
