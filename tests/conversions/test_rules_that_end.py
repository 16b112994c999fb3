"""Rules end with what they report to, and no way of ending and making them counts a sale twice."""

import uuid

from app.connections.models import AdAccount, ConversionAction
from app.core.ids import new_id
from tests.conversions.conftest import Desk


def _active_rules(desk: Desk) -> int:
    row = desk.owner.execute("SELECT count(*) FROM conversion_mappings WHERE is_active").fetchone()
    assert row is not None
    return int(str(row[0]))


def _rule_again(desk: Desk) -> None:
    """The same rule anew, with the conversion that the form offers now."""
    row = desk.owner.execute(
        "SELECT c.id FROM conversion_actions c JOIN conversion_actions old ON old.google_id = c.google_id"
        " JOIN conversion_mappings m ON m.conversion_action_id = old.id ORDER BY c.id DESC"
    ).fetchone()
    assert row is not None
    form = {"stage_id": str(desk.stage_ids["Won"]), "action_id": str(row[0]), "value": "300", "value_rule": "fixed"}
    assert desk.office.post("/conversions/mappings", form).status_code == 303


def _win_again(desk: Desk, lead_id: uuid.UUID) -> None:
    desk.move(lead_id, "Contacted")
    desk.move(lead_id, "Won")
    desk.work()


def test_a_rule_that_was_stopped_and_made_again_counts_nobody_twice(desk: Desk) -> None:
    lead_id = desk.won()
    desk.work()
    assert desk.office.post(f"/conversions/mappings/{desk.mapping_id}/removal").status_code == 303
    _rule_again(desk)
    _win_again(desk, lead_id)
    assert sorted(conversion["value"] for conversion in desk.counted()) == [250.0]
    desk.won()
    desk.work()
    assert sorted(conversion["value"] for conversion in desk.counted()) == [250.0, 300.0]


def test_a_deleted_connection_ends_its_rules_and_a_new_one_counts_nobody_twice(desk: Desk) -> None:
    told = desk.won()
    desk.work()
    untold = desk.won()  # planned, and skipped by the deletion
    assert desk.office.post(f"/connections/{desk.connection_id}/deletion").status_code == 303
    assert _active_rules(desk) == 0
    assert "When a lead becomes" not in desk.office.client.get("/conversions").text
    desk.office.read_accounts(desk.office.connect())
    _rule_again(desk)
    _win_again(desk, told)
    _win_again(desk, untold)
    assert sorted(conversion["value"] for conversion in desk.counted()) == [250.0, 300.0]


def test_a_rule_ends_when_another_account_is_chosen(desk: Desk) -> None:
    other = new_id()
    with desk.office.serving() as session:
        session.add(
            AdAccount(
                id=other,
                connection_id=desk.connection_id,
                customer_id="9990001111",
                login_customer_id="9990001111",
                conversion_customer_id="9990001111",
                name="Another",
                currency="GBP",
                time_zone="Europe/London",
            )
        )
        session.commit()
    accounts = f"/connections/{desk.connection_id}/accounts"
    assert desk.office.post(accounts, {"accounts": str(other)}).status_code == 303
    assert _active_rules(desk) == 0
    desk.won()
    desk.work()
    assert desk.counted() == []


def test_choosing_one_more_account_ends_no_rule(desk: Desk) -> None:
    with desk.office.serving() as session:
        chosen = session.query(AdAccount.id).scalar()
    assert desk.office.post(f"/connections/{desk.connection_id}/accounts", {"accounts": str(chosen)}).status_code == 303
    assert _active_rules(desk) == 1


def test_another_companys_rules_stay(desk: Desk, open_desk, bob) -> None:  # type: ignore[no-untyped-def]
    open_desk(bob)
    assert desk.office.post(f"/connections/{desk.connection_id}/deletion").status_code == 303
    assert _active_rules(desk) == 1


def test_a_conversion_that_google_no_longer_tells_is_not_offered(desk: Desk) -> None:
    with desk.office.serving() as session:
        account_id = session.query(AdAccount.id).scalar()
        gone = ConversionAction(
            ad_account_id=account_id,
            google_id="42",
            name="Gone for good",
            category="PURCHASE",
            counting_type="MANY_PER_CLICK",
            click_window_days=90,
        )
        session.add(gone)
        session.commit()
    desk.owner.execute("UPDATE conversion_actions SET read_at = now() - interval '1 day' WHERE google_id = '42'")
    assert "Gone for good" not in desk.office.client.get("/conversions").text
