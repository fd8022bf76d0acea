"""Who may come to which address: one entry for every route, by name.

``tests/test_url_access.py`` walks the table of addresses and fails for a route without
an entry. ``insider`` is somebody of ``tests.people`` whom the route lets in when it is
called with the keys of the case of that test; it proves that the keys are right ones.
"""

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """For whom an address is."""

    PUBLIC = "public"  # anybody; nothing of a case is there
    SELF = "self"  # whoever is signed in, about themselves
    CUSTOMER = "customer"  # the customer of that one case
    CASE = "case"  # the customer of that one case, and staff who see it
    DESK = "desk"  # staff; what is listed is theirs
    STAFF = "staff"  # staff who see that one case
    SUPERUSER = "superuser"  # configuration, no cases
    MACHINE = "machine"  # a program that shows its token


@dataclass(frozen=True)
class Rule:
    who: Who
    insider: str = ""
    """Empty where no person gets a page there (POST alone, or a move in a state that
    the case of the test is not in)."""

    @property
    def is_of_case(self) -> bool:
        return self.who in (Who.CUSTOMER, Who.CASE, Who.STAFF)


SUPERUSER = Rule(Who.SUPERUSER, "admin")
SHUT = Rule(Who.SUPERUSER)


def _all(rule: Rule, *names: str) -> dict[str, Rule]:
    return dict.fromkeys(names, rule)


def _stock(*models: str) -> dict[str, Rule]:
    """The five pages that Django's admin makes for a model of the configuration.

    What others point at is not deleted, and some is not added by hand, so only three
    of them must open.
    """
    open_pages = ("changelist", "change", "history")
    return {
        f"admin:{model}_{page}": SUPERUSER if page in open_pages else SHUT
        for model in models
        for page in (*open_pages, "add", "delete")
    }


def _scoped(model: str, *insiders: str) -> dict[str, Rule]:
    """The five pages of a model whose rows are seen by team."""
    lister, reader = insiders
    return {
        f"admin:{model}_changelist": Rule(Who.DESK, lister),
        f"admin:{model}_change": Rule(Who.STAFF, reader),
        f"admin:{model}_add": Rule(Who.STAFF),
        f"admin:{model}_delete": Rule(Who.STAFF),
        f"admin:{model}_history": Rule(Who.STAFF),
    }


CUSTOMER = Rule(Who.CUSTOMER, "customer")
CUSTOMER_POST = Rule(Who.CUSTOMER)

ACCOUNTS = {
    **_all(
        Rule(Who.PUBLIC),
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_email_verification_sent",
        "account_reset_password",
        "account_confirm_login_code",
        "account_confirm_email",
        "account_reset_password_from_key_done",
        "account_reset_password_from_key",
        "account_reset_password_done",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "openid_connect_login",
        "openid_connect_callback",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
        "socialaccount_signup",
        "-",  # addresses that allauth had before, which lead to those above
    ),
    **_all(
        Rule(Who.SELF),
        "account_reauthenticate",
        "account_email",
        "account_change_password",
        "account_set_password",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_reauthenticate_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "usersessions_list",
        "socialaccount_connections",
    ),
    **_all(
        Rule(Who.SELF, "customer"),
        "portal:profile",
        "portal:preferences",
        "portal:linked",
        "portal:apps",
    ),
}

SITE = {
    **_all(
        Rule(Who.PUBLIC),
        "set_language",
        "health-live",
        "health-ready",
        "api-schema",
        "api-docs",
        "portal:home",
        "portal:new",
        "portal:urgent",
        "portal:template",
        "portal:advice",
        "portal:resume",
        "portal:track",
        "portal:track-sent",
        "portal:track-open",
        # By its own link and second factor: see tests/appeals/outside/test_door.py.
        "arbitration:page",
        "arbitration:accept",
        "arbitration:decline",
        "arbitration:objection",
        "arbitration:leave",
        "arbitration:ask",
        "arbitration:order",
        "arbitration:end",
        "arbitration:award",
        "arbitration:vote",
        "arbitration:make",
        "arbitration:bundle",
        "arbitration:exhibit",
        "admin:login",
        "admin:logout",
    ),
    "metrics": Rule(Who.MACHINE),
    "hook-email": Rule(Who.MACHINE),
    "hook-email-mime": Rule(Who.MACHINE),
    "hook-facebook": Rule(Who.MACHINE),
    "hook-forum": Rule(Who.MACHINE),
    "hook-telegram": Rule(Who.MACHINE),
    "hook-phone": Rule(Who.MACHINE),
    "hook-x": Rule(Who.MACHINE),
    "idp:oidc:configuration": Rule(Who.PUBLIC),
    "idp:oidc:jwks": Rule(Who.PUBLIC),
    "app-embed:feedback": Rule(Who.PUBLIC),
    "idp:oidc:authorization": Rule(Who.SELF),
    **_all(Rule(Who.MACHINE), "idp:oidc:token", "idp:oidc:revoke", "idp:oidc:userinfo"),
    **_all(
        Rule(Who.PUBLIC),
        "public:procedure",
        "public:template",
        "public:complaint-rules",
        "public:rules",
        "public:fees",
        "public:security",
        "public:page",
        "public:versions",
        "public:version",
        "public:figures",
        "appeals:awards",
        "appeals:award",
        "public:notices",
        "public:notice",
        "public:feed",
        "public:subscribe",
        "public:subscribe-sent",
        "public:subscribe-confirm",
        "public:unsubscribe",
        "public:learn",
        "public:article",
        "public:vote",
        "public:suggest",
        "public:check",
        "public:roots",
        "public:improvements",
        "public:contact",
        "public:accessibility",
        "public:privacy",
    ),
    **_all(
        # Each shows the visitor's own conversation, by session or by token, or none.
        Rule(Who.PUBLIC),
        "chat:page",
        "chat:news",
        "chat:end",
        "chat:complain",
        "chat:file",
        "chat:picture",
        "chat-embed:page",
        "chat-embed:news",
        "chat-embed:end",
        "chat-embed:complain",
        "chat-embed:file",
        "chat-embed:picture",
    ),
}

PORTAL = {
    "portal:mine": Rule(Who.SELF, "customer"),
    **_all(
        CUSTOMER,
        "portal:draft",
        "portal:question",
        "portal:check",
        "portal:draft-saved",
        "portal:case",
        "portal:live",
        "portal:received",
        "portal:letter",
        "portal:letter-pdf",
        "portal:letter-paper",
        "portal:copy",
        "portal:evidence",
        "portal:evidence-look",
        "portal:evidence-page",
        "portal:decision",
        "portal:proof",
        "portal:proof-file",
        "appeals:appeal",
        "appeals:latest",
        "appeals:bundle",
    ),
    **_all(
        CUSTOMER_POST,
        "portal:protection",
        "portal:protection-state",
        "portal:message",
        "portal:rating",
        "portal:answer",
        "portal:complete",
        "portal:withdraw",
        "portal:accept",
        "portal:remedy",
        "portal:evidence-new",
        "appeals:lodge",
        "appeals:withdraw",
        "appeals:refer",
        "appeals:bundle-file",
        "appeals:outside-answer",
        "appeals:outside-end",
        "appeals:outside-reject",
    ),
}

BOARD = {
    **_all(
        Rule(Who.PUBLIC, "customer"),
        "forum:index",
        "forum:category",
        "forum:topic",
    ),
    **_all(
        Rule(Who.SELF, "customer"),
        "forum:join",
        "forum:new",
        "forum:notes",
        "forum:reply",
    ),
    "forum:notes-read": Rule(Who.SELF),
    # The post of the walk is a private matter of the customer.
    **_all(CUSTOMER, "forum:edit", "forum:delete", "forum:report", "forum:complain"),
    "forum:accept": CUSTOMER_POST,
}

CASE = Rule(Who.CASE, "customer")
CASE_POST = Rule(Who.CASE)

API = {
    "api:complaints": Rule(Who.SELF, "customer"),
    **_all(
        CASE,
        "api:complaint",
        "api:messages",
        "api:evidence",
        "api:evidence-file",
        "api:timeline",
        "api:transitions",
        "appeals-api:appeals",
        "appeals-api:appeal",
    ),
    **_all(
        CASE_POST,
        "api:accept",
        "api:withdraw",
        "api:remedy-accept",
        "api:remedy-refuse",
        "api:uploads",
        "api:upload",
        "api:transition",
        "appeals-api:withdraw",
        "appeals-api:transition",
    ),
    "appeals-api:transitions": Rule(Who.CASE, "appeals"),
    # The case of the walk is not outside.
    **_all(
        CUSTOMER_POST,
        "appeals-api:outside",
        "appeals-api:outside-answer",
        "appeals-api:outside-object",
    ),
    "api:letter": CUSTOMER,
}

STAFF_POST = Rule(Who.STAFF)

EDITOR = Rule(Who.DESK, "compliance_officer")
EDITOR_POST = Rule(Who.DESK)


def _edited(model: str, *shut: str) -> dict[str, Rule]:
    """The five pages of a model of the public pages; ``shut`` ones open for nobody."""
    pages = ("changelist", "change", "history", "add", "delete")
    return {
        f"admin:{model}_{page}": EDITOR_POST if page in shut else EDITOR
        for page in pages
    }


DESK = {
    **_all(
        Rule(Who.DESK, "reviewer"),
        "compliance:returns",
        "compliance:return-print",
        "compliance:fairness",
        *("compliance:overview", "compliance:chart", "compliance:chart_csv"),
        *("compliance:chart_xlsx", "compliance:rows", "compliance:months"),
        *("compliance:figures", "compliance:export", "compliance:cases"),
    ),
    "compliance:return-file": Rule(Who.DESK),
    **_all(
        Rule(Who.DESK, "security"),
        "admin:index",
        "admin:password_change",
        "admin:password_change_done",
        "admin:jsi18n",
        "admin:app_list",
        "admin:complaints_complaint_log",
        "admin:complaints_complaint_tasks",
        "admin:complaints_complaint_paper",
    ),
    "admin:complaints_complaint_break_glass": SUPERUSER,
    "admin:complaints_complaint_access": Rule(Who.DESK, "head"),
    "admin:complaints_complaint_holds": Rule(Who.DESK, "head"),
    "admin:complaints_complaint_persons": Rule(Who.DESK, "head"),
    "admin:complaints_complaint_person_new": Rule(Who.DESK, "head"),
    "admin:complaints_complaint_person_extend": Rule(Who.DESK, "head"),
    "admin:complaints_complaint_person_answer": Rule(Who.DESK, "head"),
    "admin:complaints_complaint_quality": Rule(Who.DESK, "security"),
    "admin:complaints_complaint_score": Rule(Who.STAFF, "security_lead"),
    "admin:complaints_complaint_dry_run": Rule(Who.DESK, "head"),
    "admin:complaints_complaint_board": Rule(Who.DESK, "security_lead"),
    "admin:complaints_complaint_access_export": Rule(Who.DESK),
    "admin:teams_roletemplate_give": SUPERUSER,
    "admin:autocomplete": Rule(Who.DESK),
    "admin:view_on_site": Rule(Who.STAFF),
    "admin:-": Rule(Who.STAFF),
    **_stock(
        "teams_user",
        "teams_team",
        "teams_membership",
        "teams_routingrule",
        "teams_calendar",
        "teams_absence",
        "teams_competence",
        "teams_roletemplate",
        "complaints_category",
        "complaints_rootcause",
        "complaints_qualitycriterion",
        "forum_category",
        "allauth_idp_oidc_client",
        "app_channel_endpoint",
        "app_channel_delivery",
    ),
    **_all(
        SHUT, *(f"admin:app_channel_{do}" for do in ("rotate", "try", "again", "end"))
    ),
    "admin:auth_user_password_change": SHUT,
    **_edited("returns_production", "delete", "history"),
    **_edited("returns_report", "delete", "history"),
    "admin:returns_report_print": EDITOR,
    "admin:returns_report_sign": EDITOR_POST,
    **_all(
        EDITOR_POST, "admin:returns_production_file", "admin:returns_production_final"
    ),
    "admin:compliance_snapshot_changelist": Rule(Who.DESK, "head"),
    "admin:compliance_snapshot_sign": Rule(Who.DESK),
    "admin:compliance_snapshot_restate": Rule(Who.DESK),
    **_edited("public_document", "delete"),
    **_edited("public_version", "add", "delete"),
    **_edited("public_subscriber", "add"),
    "admin:public_version_preview": EDITOR,
    **_all(
        EDITOR_POST,
        "admin:public_version_publish",
        "admin:public_document_draft",
        "admin:public_document_withdraw",
    ),
    **_scoped("complaints_complaint", "security", "security"),
    **_scoped("complaints_rawmessage", "support", "support"),
    **_scoped("complaints_remedy", "security", "security"),
    **_scoped("complaints_compliancecheck", "head", "head"),
    **_scoped("complaints_incident", "security", "security"),
    **_scoped("complaints_improvementaction", "security", "security"),
    "admin:complaints_incident_new": Rule(Who.DESK, "security_lead"),
    **_all(
        Rule(Who.STAFF, "security_lead"),
        "admin:complaints_incident_amounts",
    ),
    **_all(
        STAFF_POST,
        "admin:complaints_incident_run",
        "admin:complaints_incident_ask",
        "admin:complaints_incident_from_alarm",
        "admin:complaints_incident_alarm_answer",
        "admin:complaints_improvementaction_do",
    ),
    "admin:complaints_improvementaction_new": Rule(Who.DESK, "security_lead"),
    "admin:complaints_improvementaction_causes": Rule(Who.DESK, "security_lead"),
    **_scoped("appeals_appeal", "appeals", "appeals"),
    "admin:appeals_appeal_overturned": Rule(Who.DESK, "head"),
    "admin:appeals_appeal_routes": Rule(Who.DESK, "head"),
    "admin:appeals_appeal_arbitrators": Rule(Who.DESK, "head"),
    "admin:appeals_appeal_arbitrator": Rule(Who.DESK),
    "admin:appeals_appeal_bundle": Rule(Who.STAFF, "appeals"),
    **_scoped("chat_conversation", "support", "support"),
    **_scoped("forum_post", "support", "support"),
    "admin:complaints_rawmessage_raw": Rule(Who.STAFF, "support"),
    **_all(
        STAFF_POST,
        "admin:forum_post_step",
        "admin:forum_post_answer",
        "admin:forum_post_hold",
    ),
    **_all(
        Rule(Who.DESK, "support"),
        "admin:chat_conversation_lists",
    ),
    "admin:chat_conversation_duty": Rule(Who.DESK),
    "admin:chat_conversation_news": Rule(Who.STAFF, "support"),
    "admin:chat_conversation_file": Rule(Who.STAFF, "support"),
    "admin:chat_conversation_picture": Rule(Who.STAFF),
    "admin:chat_conversation_do": Rule(Who.STAFF),
    **_all(
        Rule(Who.DESK, "support_lead"),
        "admin:chat_cannedreply_changelist",
        "admin:chat_cannedreply_change",
        "admin:chat_cannedreply_history",
        "admin:chat_cannedreply_add",
        "admin:chat_cannedreply_delete",
    ),
    "admin:complaints_complaint_status": Rule(Who.STAFF, "support"),
    "admin:complaints_complaint_evidence": Rule(Who.STAFF, "security"),
    "admin:complaints_complaint_evidence_look": Rule(Who.STAFF, "security"),
    "admin:complaints_complaint_evidence_page": Rule(Who.STAFF, "security"),
    "admin:complaints_complaint_evidence_redact": Rule(Who.STAFF, "security"),
    "admin:complaints_complaint_restricted": Rule(Who.DESK, "compliance_officer"),
    "admin:complaints_complaint_barrier": Rule(Who.STAFF, "compliance_officer"),
    "admin:complaints_complaint_barrier_file": Rule(Who.STAFF, "compliance_officer"),
    "admin:complaints_complaint_customer": Rule(Who.STAFF, "security"),
    "admin:complaints_complaint_timeline": Rule(Who.STAFF, "security"),
    "admin:complaints_complaint_care": Rule(Who.STAFF, "security_lead"),
    "admin:complaints_complaint_care_lift": STAFF_POST,
    "admin:complaints_complaint_task_done": STAFF_POST,
    "admin:complaints_complaint_watch": STAFF_POST,
    "admin:complaints_complaint_tag": STAFF_POST,
    "admin:complaints_complaint_view_save": Rule(Who.DESK),
    "admin:complaints_complaint_bulk": Rule(Who.DESK),
    "admin:complaints_complaint_live": Rule(Who.DESK, "security"),
    "admin:complaints_complaint_here": STAFF_POST,
    "admin:complaints_complaint_bulk_done": Rule(Who.DESK),
    "admin:complaints_complaint_view_drop": Rule(Who.DESK),
    **_all(
        Rule(Who.DESK, "security_lead"),
        "admin:complaints_replytemplate_changelist",
        "admin:complaints_replytemplate_change",
        "admin:complaints_replytemplate_history",
        "admin:complaints_replytemplate_add",
        "admin:complaints_replytemplate_delete",
    ),
    **_all(
        Rule(Who.DESK, "head"),
        "admin:complaints_policysnippet_changelist",
        "admin:complaints_policysnippet_change",
        "admin:complaints_policysnippet_history",
        "admin:complaints_policysnippet_add",
        "admin:complaints_policysnippet_delete",
    ),
    "admin:complaints_complaint_customer_merge": STAFF_POST,
    "admin:complaints_complaint_customer_part": STAFF_POST,
    **_all(
        Rule(Who.STAFF, "security"),
        "admin:complaints_complaint_letter",
        "admin:complaints_complaint_letter_pdf",
        "admin:complaints_complaint_letter_print",
        "admin:complaints_complaint_letter_posted",
    ),
    **_all(
        STAFF_POST,
        "admin:complaints_complaint_write",
        "admin:complaints_complaint_act",
        "admin:complaints_complaint_status_message",
        "admin:complaints_complaint_draft",
        "admin:complaints_complaint_draft_remedy",
        "admin:complaints_complaint_do",
        "admin:complaints_rawmessage_decide",
        "admin:complaints_rawmessage_many",
        "admin:complaints_remedy_do",
        "admin:complaints_remedy_take_back",
        "admin:complaints_remedy_take_back_answer",
        "admin:appeals_appeal_ground",
        "admin:appeals_appeal_ruling",
        "admin:appeals_appeal_reviewer",
        "admin:appeals_appeal_draft",
        "admin:appeals_appeal_draft_remedy",
        "admin:appeals_appeal_drop_remedy",
        "admin:appeals_appeal_propose",
        "admin:appeals_appeal_sign",
        "admin:appeals_appeal_return",
        "admin:appeals_appeal_bundle_file",
        "admin:appeals_appeal_panel",
        "admin:appeals_appeal_vote",
        "admin:appeals_appeal_step_back",
        "admin:appeals_appeal_outside",
        "admin:appeals_appeal_outside_terms",
        "admin:appeals_appeal_outside_do",
        "admin:appeals_appeal_outside_seat",
        "admin:appeals_appeal_outside_answer",
        "admin:appeals_appeal_outside_comply",
        "admin:appeals_appeal_outside_objection",
        "admin:appeals_appeal_outside_award",
        "admin:appeals_appeal_outside_prepare",
        "admin:appeals_appeal_outside_publish",
        "admin:appeals_appeal_do",
    ),
}

ACCESS: dict[str, Rule] = {**ACCOUNTS, **SITE, **PORTAL, **BOARD, **API, **DESK}
"""The name of a route, with its namespaces -> who may come there."""
