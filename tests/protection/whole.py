"""A record that holds what every right of protection asks for, and what to take away for each right to be unmet."""

from types import SimpleNamespace

from havre.trust.ids import new_id
from tests.factories import NOW

ME = new_id()
WHOLE = {
    "by_id": ME, "elements_weighed": True, "is_sought": True, "appeal_ref": "C-1", "own_view": "helped", "doubt": "no_papers",
    "explained_at": NOW, "child_agreed_at": NOW, "guardian_agreed_at": NOW, "child_heard_at": NOW, "has_margin": True,
    "methods": ["talk", "papers"], "independent": True, "channel": "visit", "has_room": True, "is_free_or_limited_by_rule": True,
    "no_link": True, "gender_kept": True, "is_possible": True, "has_panel": True, "is_guarded": True, "outcome": "in_interest",
    "child_view": "agrees", "review_on": NOW.date(), "is_informed_and_wanted": True, "is_assessed": lambda _at: True, "is_awaited": lambda _at: True,
    "is_in_the_childs_interest": True, "is_in_recovery": lambda _at: False, "travelled_at": NOW, "stop_reason": "stay", "is_considered": True,
    "ground": "personal", "applied_at": NOW, "valid_until": NOW.date(), "agreed_at": NOW,
    "pk": new_id(), "is_child": True, "is_foreign": True, "informed_at": NOW, "language": "eng", "privacy_confirmed": True,
    "needs_met_at": NOW,
    "age_settled": True, "removal_hold_ref": "R-1", "body": "multidisciplinary_team", "reason": "no_exploitation", "organisations": 2,
    "trained_member": True, "members": [{"profession": "police"}, {"profession": "social"}], "notice_at": NOW, "recovery_offered_at": NOW,
    "recovery_answer": "refused", "child_protected": True, "presumed_by_id": new_id(), "decided_by_id": new_id(),
    "information_given_at": NOW,
    "interpreter": False, "interpreter_conflict_checked": False, "needs_are_met": True, "condition_flag": False, "answered_at": NOW,
    "free_to_come_and_go": True, "has_services": True, "threats_reviewed_at": NOW, "exit_plan_at": NOW,
}  # fmt: skip
# what to take away for each right to be unmet
WITHOUT = {
    "RG01": {"informed_at": None, "information_given_at": None, "language": ""},
    "RG02": {"privacy_confirmed": False, "no_link": False},
    "RG03": {"needs_met_at": None, "needs_are_met": False},
    "RG04": {"age_settled": False},
    "RG05": {"removal_hold_ref": ""},
    "RG06": {"organisations": 1},
    "RG07": {"notice_at": None},
    "RG08": {"recovery_offered_at": None},
    "RG09": {"condition_flag": True},
    "RG10": {"answered_at": None, "informed_at": None, "is_informed_and_wanted": False},
    "RG11": {"free_to_come_and_go": False, "is_free_or_limited_by_rule": False},
    "RG12": {"has_services": False},
    "RG13": {"child_protected": False},
    "RG21": {"threats_reviewed_at": None},
    "RG22": {"is_considered": False},
    "RG23": {"is_assessed": lambda _at: False},
    "RG24": {"is_in_the_childs_interest": False},
    "RG25": {"exit_plan_at": None},
    "RG28": {"reason": "indicators"},
    "run_out": {"recovery_answer": "accepted"},
    "weighed": {"elements_weighed": False},
    "weighed_no": {"elements_weighed": False},
    "sought": {"is_sought": False},
    "appeal_ref": {"appeal_ref": ""},
    "own_view": {"own_view": ""},
    "own_evidence": {"by_id": new_id()},
    "mine": {"by_id": new_id()},
    "doubted": {"doubt": ""},
    "explained": {"explained_at": None},
    "child_agreed": {"child_agreed_at": None},
    "guardian_agreed": {"guardian_agreed_at": None},
    "heard": {"child_heard_at": None},
    "margin": {"has_margin": False},
    "several": {"methods": ["bone"]},
    "impartial": {"independent": None},
    "safe_way": {"channel": ""},
    "room": {"has_room": False},
    "gender": {"gender_kept": False},
    "possible": {"is_possible": False},
    "panel": {"has_panel": False},
    "guarded": {"is_guarded": False},
    "concluded": {"outcome": ""},
    "reviewed": {"review_on": None},
    "awaited": {"is_awaited": lambda _at: False},
    "dated": {"travelled_at": None},
    "recovered": {"is_in_recovery": lambda _at: True},
    "stopped": {"stop_reason": ""},
    "ground": {"ground": ""},
    "ends": {"valid_until": None},
    "talked": {"agreed_at": None},
    "multidisciplinary": {"members": [{"profession": "police"}] * 2},
}


def record(state, **changes):
    adding = SimpleNamespace(adding=state is None)
    return SimpleNamespace(status=state or "", _state=adding, **{**WHOLE, **changes})


def actor(role, user=None):
    return SimpleNamespace(role=role, user=SimpleNamespace(pk=user or ME), at=NOW)
