"""One table: what follows from each event, in the same transaction."""

from collections.abc import Mapping, Sequence

from app.advertising import planning
from app.assigning import giving
from app.capture import sources
from app.conversions import adjusting, mappings, uploads
from app.core.events import Reaction
from app.exports import asking as exports
from app.follow_up import handing_over, lost_reasons
from app.journal import writing
from app.leads import stages
from app.legal import seeing
from app.notifications import choices, telling
from app.privacy_requests import news
from app.recovery import confirming, notices
from app.reports import counting
from app.security import words as security_words
from app.workspace import views

TABLE: Mapping[str, Sequence[Reaction]] = {
    "company.founded": (
        stages.set_up,
        sources.set_up,
        lost_reasons.set_up,
        confirming.ask_for_event,
        choices.set_up_for_event,
        seeing.agree_for_event,
    ),
    "stage.changed": (views.rename_stage_for_event,),
    "stage.archived": (views.rename_stage_for_event, mappings.end_of_stage_for_event, counting.mark_all_for_event),
    "member.removed": (counting.mark_for_member, handing_over.hand_over_for_event),
    "member.joined": (choices.set_up_for_event,),
    "user.password_changed": (notices.tell_of_new_password,),
    "user.two_step_off": (notices.tell_of_two_step,),
    "member.two_step_reset": (notices.tell_of_two_step,),
    "user.signed_in_anew": (notices.tell_of_new_device,),
    "lead.arrived": (giving.give_for_event, counting.mark_for_event, telling.tell_for_event),
    "lead.stage_changed": (uploads.plan_for_event, adjusting.review_for_event, counting.mark_for_event),
    "lead.corrected": (adjusting.review_for_event, counting.mark_for_event),
    "lead.assigned": (counting.mark_for_event, telling.tell_for_event),
    "lead.call_missed": (telling.tell_for_event,),
    "lead.mentioned": (telling.tell_for_event,),
    "lead.task_due": (telling.tell_for_event,),
    "lead.erased": (exports.end_for_event,),
    "retention.anonymised": (exports.end_for_event,),
    "lead.marked_spam": (adjusting.review_for_event, counting.mark_for_event),
    "lead.consent_withdrawn": (adjusting.withdraw_for_event,),
    "lead.restored": (adjusting.review_for_event, counting.mark_for_event),
    "lead.answered": (counting.mark_for_event,),
    "lead.judged": (counting.mark_for_event,),
    "lead.loss_explained": (counting.mark_for_event,),
    "lead.click_explained": (counting.mark_for_event,),
    "leads.imported": (counting.mark_all_for_event,),
    "leads.import_stopped": (counting.mark_all_for_event,),
    "leads.import_undone": (counting.mark_all_for_event,),
    "connection.accounts_chosen": (mappings.end_unused_for_event, planning.begin_for_event),
    "connection.deleted": (uploads.stop_for_event, mappings.end_unused_for_event),
    "connection.restored": (uploads.release_for_event,),
    "archive.imported": (uploads.hold_for_archive,),
    "privacy.requested": (news.tell_for_event,),
    "connection.broken": (uploads.hold_for_event, telling.tell_for_event),
}

LOGGED: Mapping[str, Sequence[Reaction]] = {
    **TABLE,
    **{type_: (*TABLE.get(type_, ()), writing.write_for_event) for type_ in security_words.EVENTS},
}
"""The same, and what matters for security is written to the security log as well."""
