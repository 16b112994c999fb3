"""What the entries of the security log are called, and the groups in which they are looked for."""

from flask_babel import LazyString

from app.core.words import lazy_gettext as _

SIGN_INS = {
    "user.signed_in": _("Signed in"),
    "user.signed_in_anew": _("Signed in from a new browser"),
    "user.sign_in_failed": _("Wrong password"),
    "user.code_failed": _("Right password, wrong code"),
    "user.two_step_on": _("Turned two-step sign-in on"),
    "user.two_step_off": _("Turned two-step sign-in off"),
    "user.recovery_codes_renewed": _("Made new recovery codes"),
    "user.signed_out": _("Signed out, or ended a session"),
    "user.password_changed": _("Changed the password"),
    "user.address_confirmed": _("Confirmed an e-mail address"),
}
DATA = {
    "export.asked": _("Asked for an export of everything"),
    "export.downloaded": _("Downloaded an export"),
    "leads.exported": _("Downloaded leads as a table"),
    "security.log_downloaded": _("Downloaded this log"),
    "leads.imported": _("Imported leads from a file"),
    "leads.import_undone": _("Undid an import of leads"),
    "lead.erased": _("Erased a lead"),
    "retention.changed": _("Changed how long leads are kept"),
    "retention.anonymised": _("Leads became anonymous totals"),
    "lead.recording_heard": _("Listened to a recording"),
    "lead.recording_deleted": _("Deleted a recording"),
    "recordings.switched": _("Changed whether calls are recorded, or who may listen"),
    "recordings.announcement_stated": _("Said whether callers of a number are told of the recording"),
    "recordings.retention_changed": _("Changed how long recordings are kept"),
}
ACCOUNT = {
    "member.invited": _("Invited somebody"),
    "member.joined": _("Joined the company"),
    "member.role_changed": _("Changed somebody's role"),
    "member.sight_changed": _("Changed which leads somebody sees"),
    "member.removed": _("Removed somebody"),
    "member.two_step_reset": _("Turned two-step sign-in off for somebody"),
    "company.handed_over": _("Handed the company over"),
    "connection.made": _("Connected Google Ads"),
    "connection.deleted": _("Deleted a connection"),
    "support.access_granted": _("Let support look at leads"),
    "support.access_ended": _("Ended support’s access to leads"),
    "company.founded": _("Opened the account"),
    "company.closed": _("Closed the account"),
    "company.reopened": _("Brought the account back"),
}
STAFF = {
    "staff.read_request": _("Support read your request"),
    "staff.answered_request": _("Support answered your request"),
    "staff.read_file": _("Support opened a file of your request"),
    "staff.sent_file": _("Support sent you a file"),
    "staff.closed_request": _("Support closed your request"),
    "staff.saw_account": _("Support looked at the facts of your account, not at leads"),
    "staff.saw_leads": _("Support looked at your list of leads, as you allowed"),
    "staff.saw_lead": _("Support looked at a lead, as you allowed"),
    "staff.refused_leads": _("Support asked for leads without your leave, and saw none"),
    "staff.ended_two_step": _("Support turned two-step sign-in off for somebody who asked"),
    "staff.asked_closing": _("Support asked to delete the account for you"),
    "staff.confirmed_closing": _("A second person of support confirmed the deletion"),
    "staff.withdrawn_closing": _("Support took the deletion back"),
}
"""Written by the desk's own gates."""
LOOKS = {"lead.seen": _("Looked at a lead")}

GROUPS: dict[str, tuple[LazyString, dict[str, LazyString]]] = {
    "sign_ins": (_("Sign-ins"), SIGN_INS),
    "account": (_("Account"), ACCOUNT),
    "data": (_("Exports and erasures"), DATA),
    "staff": (_("Leader support"), STAFF),
    "looks": (_("Who looked at leads"), LOOKS),
}
EVENTS = frozenset({*SIGN_INS, *DATA, *ACCOUNT})
"""The types of events that are copied into the log."""
_ALL = {**SIGN_INS, **DATA, **ACCOUNT, **STAFF, **LOOKS}


def of_kind(kind: str) -> str:
    return str(_ALL.get(kind, kind))
