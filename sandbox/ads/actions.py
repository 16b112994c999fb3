"""Conversion actions that advertisers make, kept over a restart."""

import json
from dataclasses import asdict

import grpc

from sandbox.ads.failures import AdsError
from sandbox.people import ACCOUNTS, Account, ConversionAction, actions_of, set_made
from sandbox.store import Store

FIRST_ID = 90_001


class Actions:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._publish()

    def make(self, account: Account, action: ConversionAction) -> str:
        """The id of the new action. Raises AdsError for a name that is taken."""
        if account.is_manager:
            raise AdsError(
                grpc.StatusCode.INVALID_ARGUMENT, "Not here.", "operation_access_denied_error", "ACTION_NOT_PERMITTED"
            )
        if any(known.name == action.name for known in actions_of(account)):
            message = "Another conversion action has this name."
            raise AdsError(grpc.StatusCode.INVALID_ARGUMENT, message, "conversion_action_error", "DUPLICATE_NAME")
        made = self._all()
        number = str(FIRST_ID + sum(len(actions) for actions in made.values()))
        made.setdefault(account.id, []).append({**asdict(action), "id": number})
        self._store.set_setting("actions", json.dumps(made))
        self._publish()
        return number

    def forget(self) -> None:
        self._store.set_setting("actions", "{}")
        self._publish()

    def _all(self) -> dict[str, list[dict[str, object]]]:
        made: dict[str, list[dict[str, object]]] = json.loads(self._store.setting("actions") or "{}")
        return made

    def _publish(self) -> None:
        made = {
            account: [ConversionAction(**action) for action in actions]  # type: ignore[arg-type] # as asdict wrote it
            for account, actions in self._all().items()
            if account in ACCOUNTS
        }
        set_made(made)
