"""No column that may hold a person's words is forgotten."""

from collections import defaultdict
from typing import Any

from django.apps import apps
from django.db import models

from complaints.services.privacy.places import (
    NEVER_NEEDED,
    OF_ACCOUNT,
    OF_CASE,
    OF_GUEST,
    OF_PARTY,
)

OURS = frozenset(
    {
        *("complaints", "appeals", "compliance", "app_channel"),
        *("chat", "forum", "public", "returns", "telegram"),
    }
)
TEXT = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.BinaryField,
)
KEPT = {
    "complaints.CaseAccess": "codename token_hash",
    "complaints.Clock": "subject calendar limit",
    "complaints.Complaint": "reference state_before language idempotency_key asset"
    " refusal_ground profile_key privacy_notice_version procedure_version"
    " last_message_from cause account_tier",
    "complaints.RawMessage": "provider account external_id raw_sha256",
    "complaints.Mailbox": "name again error holder",
    "complaints.Message": "author_role language",
    "complaints.Letter": "version language sha256",
    "complaints.Outbox": "key kind channel message_id",
    "complaints.Decision": "language content_hash cause",
    "complaints.PointFinding": "rule",
    "complaints.ComplianceNote": "rule",
    "complaints.SignOff": "content_hash",
    "complaints.Evidence": "content_type sha256 brought_as",
    "complaints.PartyMerge": "moved",
    "complaints.Incident": "title asset words rule cause notice lesson",
    "complaints.IncidentFinding": "language summary reasons what_changes",
    "complaints.IncidentCase": "why asset drafted",
    "complaints.Alarm": "cell asset channel cause figures reason",
    "complaints.ImprovementAction": "title text cause done_words",
    "complaints.QualityReview": "scores",
    "complaints.PersonRequest": "email note extended_why",
    "complaints.Remedy": "asset reporting_currency executor",
    "complaints.Payout": "idempotency_key proof reversal_proof",
    "complaints.Instruction": "key proof",
    "complaints.Stream": "name head",
    "compliance.ViewNote": "facts request_id",
    "complaints.Event": "stream what object_type source target actor_role payload"
    " request_id previous sha256 seal",
    "complaints.EventText": "name text salt",
    "complaints.LedgerRoot": "statement root signature public_key",
    "complaints.Party": "language time_zone",
    "complaints.Representative": "scope",
    "public.Subscriber": "email language",
    "public.Vote": "voter",
    "chat.Conversation": "key language",
    "chat.Line": "key",
    "forum.Member": "handle nickname nickname_key",
    "forum.Topic": "language",
    "forum.Post": "language key",
    "appeals.Appeal": "file_head",
    "appeals.FiledItem": "kind sha256",
    "appeals.PanelSeat": "ruling_sha256",
    "compliance.Mark": "topic channel kind sub unit",
    "compliance.Tally": "topic channel kind sub unit",
    "compliance.FrozenTally": "topic channel kind sub unit",
    "compliance.RollupState": "gaps",
    "appeals.Arbitrator": "full_name email chamber seat totp_secret enrol_hash",
    "appeals.ArbitratorSeat": "award_sha256",
    "appeals.ArbitratorLink": "token_hash session_sha256",
    "appeals.Referral": "route kind consent_version consent_sha256 language"
    " fee_currency",
    "appeals.Award": "sha256",
    "appeals.AwardedRemedy": "asset",
    "appeals.PublishedAward": "title text language",
    "app_channel.SpentToken": "digest",
    "app_channel.Endpoint": "name url events secret old_secret stopped_for",
}
"""Codes, hashes, references and proofs of payment; texts of events and names of members
and words of requests are emptied by code of their own, subscribers deleted by their
address. Arbitrators are no party of a case; a published award names nobody."""

OF_THE_HOUSE = frozenset(
    {
        *(
            "complaints.Category",
            "complaints.RootCause",
            "complaints.QualityCriterion",
            "complaints.LearnedTopics",
            "complaints.Tag",
            "complaints.SavedView",
            "complaints.BulkRun",
        ),
        "compliance.Snapshot",
        *("complaints.PolicySnippet", "complaints.ReplyTemplate"),
        *("public.Document", "public.Wording"),
        *("returns.Production", "returns.Report", "returns.ReportText"),
        *("chat.CannedReply", "forum.Category"),
    }
)
"""What the desk wrote about no customer."""


def test_every_column_of_text_is_emptied_or_known_to_stay() -> None:
    emptied: dict[str, set[str]] = defaultdict(set)
    for place in (*OF_CASE, *OF_PARTY, *NEVER_NEEDED, *OF_ACCOUNT, *OF_GUEST):
        emptied[place.model] |= {*place.columns, *place.files, *"*" * place.gone}

    for model in apps.get_models():
        label = model._meta.label
        gone = "*" in emptied[label] or label in OF_THE_HOUSE
        if model._meta.app_label not in OURS or gone or model._meta.proxy:
            continue
        texts = {
            field.name
            for field in model._meta.fields
            if isinstance(field, TEXT) and not field.choices
        }
        kept = set(KEPT.get(label, "").split())
        assert (label, texts - emptied[label]) == (label, kept)


def test_no_place_is_the_rows_of_another() -> None:
    """A proxy that is deleted takes the whole table of its model along."""
    places = (*OF_CASE, *OF_PARTY, *NEVER_NEEDED, *OF_ACCOUNT, *OF_GUEST)
    proxies = [p.model for p in places if apps.get_model(p.model)._meta.proxy]
    assert proxies == []


def test_no_constraint_wants_what_is_emptied() -> None:
    """A case whose row it is could never be erased."""
    wanted = [
        (place.model, constraint.name)
        for place in (*OF_CASE, *OF_PARTY, *NEVER_NEEDED, *OF_ACCOUNT, *OF_GUEST)
        for constraint in apps.get_model(place.model)._meta.constraints
        if _named_in(constraint) & {*place.columns, *place.files}
    ]
    assert wanted == []


def _named_in(constraint: models.BaseConstraint) -> set[str]:
    condition = getattr(constraint, "condition", None)
    return {*getattr(constraint, "fields", ()), *_columns(condition)}


def _columns(condition: Any) -> set[str]:
    if isinstance(condition, models.Q):
        return set().union(*map(_columns, condition.children))
    return {condition[0].partition("__")[0]} if condition else set()
