"""The official template: every field in its column, nothing needless required."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.models import Complaint
from complaints.portal.annex import AnnexForm
from tests.complaints.portal.forms import key_of
from tests.people import People

pytestmark = pytest.mark.django_db
URL = "/complaints/new/template/"
PERSON = {
    "last_name": "Muster GmbH",
    "first_name": "",
    "street": "Hauptstraße 1, 2. OG",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
    "phone": "+49 30 1",
}
IDS = {"registration_number": "DEK1101R.HRB1", "lei": "529900T8BM49AURSDO55"}


def _part(part: str, **more: str) -> dict[str, str]:
    return {f"{part}_{name}": value for name, value in {**PERSON, **more}.items()}


def test_every_field_is_kept_for_a_legal_entity(client: Client) -> None:
    answer = client.post(
        URL,
        {
            "key": key_of(client, URL),
            "kind": "legal",
            **_part("a1", email="gmbh@guests.example", client_reference="C-9", **IDS),
            **_part("b1", city="Hamburg", email="post@guests.example"),
            **_part(
                "a2", last_name="Anwältin", first_name="Eva", email="e@law.example"
            ),
            **_part("b2", city="Bonn", email="b2@law.example"),
            "authority": SimpleUploadedFile("poa.pdf", b"%PDF-1.4 power"),
            "service_reference": "Spot trading, order 17",
            "description": "The order was not filled.",
            "facts_from": "2026-10-01",
            "facts_until": "2026-10-02",
            "loss_description": "40 EUR",
            "comments": "None",
            "signed_place": "Berlin",
            "signed_on": "2026-11-20",
            "signed_name": "Eva Anwältin",
        },
    )
    assert answer.status_code == 302
    case = Complaint.objects.get()
    party = case.customer
    assert (party.kind, party.last_name, party.country) == (
        "legal",
        "Muster GmbH",
        "DE",
    )
    assert (party.registration_number, party.lei) == tuple(IDS.values())
    assert (party.client_reference, party.street) == ("C-9", "Hauptstraße 1, 2. OG")
    speaker = case.representatives.get()
    assert (speaker.full_name, speaker.email) == ("Eva Anwältin", "e@law.example")
    assert speaker.authority is not None
    assert (speaker.authority.kind, speaker.authority.original_name) == (
        "authority",
        "poa.pdf",
    )
    contacts = case.contact_details.order_by("of_representative")
    assert [(c.of_representative, c.city) for c in contacts] == [
        (False, "Hamburg"),
        (True, "Bonn"),
    ]
    assert case.service_reference == "Spot trading, order 17"
    assert (case.facts_from, case.facts_until) == (date(2026, 10, 1), date(2026, 10, 2))
    assert (case.loss_description, case.comments) == ("40 EUR", "None")
    assert (case.signed_place, case.signed_name) == ("Berlin", "Eva Anwältin")
    assert case.signed_on == date(2026, 11, 20)


def test_nothing_but_name_address_and_matter_is_required(client: Client) -> None:
    answer = client.post(URL, {})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {
        "a1_last_name",
        "a1_email",
        "description",
    }


def test_representative_needs_a_proof_of_authority(client: Client) -> None:
    data = {"a1_last_name": "A", "a1_email": "a@guests.example", "description": "x"}
    answer = client.post(URL, {**data, "a2_last_name": "Lawyer"})
    assert set(answer.context["form"].errors) == {"authority"}
    page = answer.content.decode()
    assert 'value="Lawyer"' in page
    assert '<details class="sec fold" open>' in page


def test_account_gains_what_it_lacked_and_keeps_the_rest(people: People) -> None:
    client = Client()
    client.force_login(people.customer)
    people.customer.last_name = "Known"
    people.customer.save()
    data = {"description": "x", "a1_last_name": "Other", "a1_city": "Wien"}
    assert client.post(URL, data).status_code == 302
    party = Complaint.objects.get().customer
    assert (party.last_name, party.city) == ("Known", "Wien")
    assert client.get(URL).context["form"]["a1_city"].value() == "Wien"


def test_browser_fills_in_who_it_is_about(client: Client) -> None:
    """WCAG 1.3.5; each part in a section of its own."""
    fields = AnnexForm(guest=True).fields
    tokens = {
        name: field.widget.attrs.get("autocomplete")
        for name, field in fields.items()
        if name.partition("_")[0] in ("a1", "b1", "a2", "b2")
    }
    assert tokens["a1_last_name"] == "section-a1 family-name"
    assert tokens["a2_street"] == "section-a2 address-line1"
    assert tokens["a1_lei"] == "off"
    assert None not in tokens.values()
    page = client.get(URL).content.decode()
    assert page.count('autocomplete="section-b2 country"') == 1
    assert page.count('autocomplete="section-b2 email"') == 1
