"""Which buttons an incident carries."""

from dataclasses import replace

import pytest
from doubles import START

from bot.domain.company import CompanyId, GatewayName
from bot.domain.incident import Incident, IncidentId
from bot.domain.notice import ChatAddress, offers_of
from bot.domain.trouble import Offer, Severity, Symptom, Trouble


def incident(trouble, symptom):
    return Incident(
        id=IncidentId(1),
        trouble=trouble,
        symptom=symptom,
        severity=Severity.CRITICAL,
        gateway=GatewayName("one"),
        company_id=CompanyId("962302"),
        opened_at=START,
        began_at=START,
    )


@pytest.mark.parametrize(
    ("symptom", "offers"),
    [
        (Symptom.GONE, "reconnect reset check"),
        (Symptom.REVOKED, "reset check"),
        (Symptom.UNWITNESSED, "probe reset check"),
        (Symptom.AWAY, "reconnect check"),
        (Symptom.STUCK, "reconnect check"),
        (Symptom.AWAITING_SCAN, "qr check"),
        (Symptom.AWAITING_PASSKEY, "check"),
        (Symptom.CREDS_DAMAGED, "reset check"),
        (Symptom.FAILED, "reconnect reset check"),
        (Symptom.NOT_UNDERSTOOD, "check"),
        (Symptom.SETTLING, "check"),
    ],
)
def test_a_lost_session_carries_what_mends_it(symptom, offers):
    assert " ".join(offers_of(incident(Trouble.SESSION_DOWN, symptom))) == offers


@pytest.mark.parametrize("trouble", [Trouble.FILES_ABOVE_LIMIT, Trouble.FILES_JUMPED])
def test_files_are_only_to_be_looked_at(trouble):
    assert offers_of(incident(trouble, Symptom.ABOVE)) == (Offer.FILES,)


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("symptom", Symptom)
def test_every_open_incident_carries_a_button_and_a_closed_one_none(trouble, symptom):
    one = incident(trouble, symptom)
    assert offers_of(one)
    assert offers_of(replace(one, closed_at=START)) == ()


def test_a_revoked_session_is_never_offered_a_reconnect():
    assert Offer.RECONNECT not in offers_of(incident(Trouble.SESSION_DOWN, Symptom.REVOKED))


def test_only_what_cannot_come_back_alone_is_offered_a_reset():
    resettable = {
        symptom
        for symptom in Symptom
        if Offer.RESET in offers_of(incident(Trouble.SESSION_DOWN, symptom))
    }
    assert resettable == {
        Symptom.GONE,
        Symptom.REVOKED,
        Symptom.UNWITNESSED,
        Symptom.FAILED,
        Symptom.CREDS_DAMAGED,
        Symptom.WRONG_NUMBER,
    }


def test_an_address_is_written_as_in_the_settings():
    assert [str(ChatAddress(-100123)), str(ChatAddress(-100123, 45))] == ["-100123", "-100123:45"]


def test_severities_have_an_order():
    assert [one.rank for one in Severity] == [0, 1, 2]


@pytest.mark.parametrize(
    ("trouble", "symptom", "facts", "offers"),
    [
        (Trouble.SESSION_DOWN, Symptom.CREDS_DAMAGED, {"copy": True}, "mend check"),
        (Trouble.SESSION_DOWN, Symptom.CREDS_DAMAGED, {"copy": False}, "reset check"),
        (Trouble.CREDS_AT_RISK, Symptom.CREDS_AT_RISK, {"copy": True}, "mend files"),
        (Trouble.CREDS_AT_RISK, Symptom.CREDS_AT_RISK, {"copy": False}, "files"),
        (Trouble.WRONG_NUMBER, Symptom.WRONG_NUMBER, {}, "reset accept check"),
        (
            Trouble.WRONG_NUMBER,
            Symptom.WRONG_NUMBER,
            {"kept": True},
            "restore reset accept check",
        ),
    ],
)
def test_what_is_kept_decides_what_is_offered(trouble, symptom, facts, offers):
    assert " ".join(offers_of(replace(incident(trouble, symptom), facts=facts))) == offers


def test_what_is_stuck_can_be_cured_by_a_restart_where_somebody_has_said_how():
    stuck = incident(Trouble.SESSION_DOWN, Symptom.STUCK)
    known_how = replace(stuck, facts={"restart": True})
    assert offers_of(known_how) == (Offer.RECONNECT, Offer.RESTART, Offer.CHECK)
    assert Offer.RESTART not in offers_of(replace(known_how, symptom=Symptom.AWAY))
    assert offers_of(replace(known_how, closed_at=START)) == ()
