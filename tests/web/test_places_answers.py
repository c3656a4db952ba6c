"""The pages of answers: what they say of given frames, who sees whose numbers, and what they never work out."""

from typing import Any

import polars as pl
import pytest
from django.test import Client
from test_places_desk import CAMDEN, CROYDON, asked, client_at, provider, referral

from parentis.services.places.priority_rules import priority_rules
from parentis.services.places.register import ENTRIES
from parentis.web.places import answer_views, batch, held, matching_views, register_views
from parentis.web.places.models import RuleAdoption
from parentis.web.places.operations import requests_of

METRICS = {"share_served": 0.8, "days_waited": 9.0, "nights_away": 4000.0, "cost": 14e6, "occupancy": 0.81}


def size_row(places: int, *, best: bool) -> dict[str, Any]:
    bands = {f"{name}_{end}{level}": value * (0.9 if end == "low" else 1.1)
             for name, value in METRICS.items() for end in ("low", "high") for level in (80, 95)}  # fmt: skip
    return {"scenario": "today", "title": "The law of today", "places": places, **METRICS, **bands, "best": best,
            "marginal": -120_000.0 if not best else 80_000.0}  # fmt: skip


def share(authority: str, pence: int, saved: int) -> dict[str, Any]:
    return {"rule": "flat", "rule_title": "Flat fee", "authority": authority, "pence": pence, "low": pence * 0.9,
            "high": pence * 1.1, "used_paid": 1.25, "worst_year": pence * 2, "alone": pence + saved,
            "saved": saved, "leaving": pence}  # fmt: skip


def entry(urn: str, **more: Any) -> dict[str, Any]:
    return {"urn": urn, "kind": "secure", "authority": CAMDEN, "region": "London", "places": 8, "staffed": 6,
            "taken": 5, "free": 1, "sex": "B", "age_from": 10, "age_to": 17, "words": "Not known: never inspected",
            "price": 9_000.0, **more}  # fmt: skip


def refusal(reason: str, asks: int, urn: str = "SC1") -> dict[str, Any]:
    answer = "none" if reason == "no-answer" else "decline"
    return {"period": "2024-25", "kind": "secure", "urn": urn, "answer": answer, "reason": reason, "asks": asks}


FRAMES = {
    "sizing": pl.DataFrame([size_row(24, best=False), size_row(25, best=True)]),
    "sizing_answer": pl.DataFrame([{"scenario": "today", "last_paying": 25, "low80": 21.0, "high80": 29.0,
                                    "two_years": 310_000.0, "waiting": 2_000_000.0}]),
    "uncensored": pl.DataFrame([
        {"part": "load", "text": "Places that would be full", "estimate": 22.4, "low80": 19.0, "high80": 26.0,
         "low95": 17.5, "high95": 28.9},
        {"part": "placed_only", "text": "Placed only", "estimate": 11.9, "low80": None, "high80": None, "low95": None,
         "high95": None},
    ]),
    "shares": pl.DataFrame([share(CAMDEN, 61_234_567, 5_000_000), share(CROYDON, 82_345_678, -1_200_000)]),
    "rules": pl.DataFrame([{"rule": "flat", "rule_title": "Flat fee", "in_core": False,
                            "blocking": "E09000003; E09000010", "gain": 1_200_000, "largest_rise": 0.03}]),
    "register": pl.DataFrame([entry("SC1"), entry("SC2", authority=CROYDON, price=8_000.0), entry("SC3", free=0)],
                             schema=ENTRIES),
    "register_doubts": pl.DataFrame([{"urn": "SC9", "what": "A home without places"}]),
    "refusals": pl.DataFrame([refusal("mix", 30), refusal("fire", 2), refusal("other", 12), refusal("no-answer", 9)]),
    "refused_by_authority": pl.DataFrame([
        {"period": "2024-25", "kind": "secure", "authority": one, "referrals": 3, "placed": 1, "asks": 17,
         "refused": 11}
        for one in (CAMDEN, CROYDON)]),
    "wait_gaps": pl.DataFrame([
        {"kind": "secure", "by": by, "group": group, "children": 31, "days": 12.0, "difference": 5.5, "low": -3.0,
         "high": 3.1, "chance": 0.001, "stands": True}
        for by, group in (("sex", "F"), ("authority", CAMDEN), ("authority", CROYDON))]),
    "rule_trials": pl.DataFrame([
        {"rule": one.id, "title": one.title, "why": one.why, "published": one.published, "digest": one.digest,
         "log": "abc", "year": "2024-25", "children": 80, "placed": 40, "mean_days": 9.5, "tenth_days": 21.0, "far": 30,
         "stands": 0}
        for one in priority_rules()]),
}  # fmt: skip


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frames as a build would have stored them."""
    for module in (answer_views, batch, held, matching_views, register_views):
        monkeypatch.setattr(module, "frame", FRAMES.get)


def page(client: Client, path: str) -> str:
    answer = client.get(f"/places/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


@pytest.mark.integration
@pytest.mark.django_db
def test_the_start_page_says_where_one_more_place_no_longer_pays(places: Any) -> None:
    text = page(client_at("treasurer", places["camden"]), "")
    assert "no longer pays from 25 on" in text
    assert "22.4 places would be full" in text
    assert "11.9" in text
    assert f"/places/alone/{CAMDEN}" in text


@pytest.mark.integration
@pytest.mark.django_db
def test_sizing_shows_each_number_with_its_band_and_what_data_are_worth(places: Any) -> None:
    text = page(client_at("analyst", places["region"]), "sizing")
    assert "from 25 on (in four of five futures from 21 to 29)" in text
    assert "£310,000 a year" in text
    assert "72 to 88" in text
    assert "Cheapest" in text
    assert "data:image/svg+xml;base64" in text


@pytest.mark.integration
@pytest.mark.django_db
@pytest.mark.parametrize("role", ["treasurer", "director"])
def test_a_borough_sees_its_own_payment_and_others_as_bands(places: Any, role: str) -> None:
    text = page(client_at(role, places["camden"]), "shares")
    assert "£612,345.67" in text
    assert "823,456" not in text
    assert "£750,000 to £1,000,000" in text
    assert "Flat fee: cheaper alone, by £0 to £250,000 a year: Barnet, Enfield." in text
    csv = page(client_at(role, places["camden"]), "shares.csv")
    assert "612,345.67" in csv
    assert "823,456" not in csv


@pytest.mark.integration
@pytest.mark.django_db
def test_whoever_pays_for_no_borough_sees_bands_alone(places: Any) -> None:
    for role, place in (("analyst", "region"), ("commissioner", "region"), ("analyst", "camden")):
        text = page(client_at(role, places[place]), "shares")
        assert "612,345" not in text
        assert "823,456" not in text


@pytest.mark.integration
@pytest.mark.django_db
def test_would_we_be_better_off_alone(places: Any) -> None:
    camden, croydon = client_at("treasurer", places["camden"]), client_at("treasurer", places["croydon"])
    assert "Under none of the 1 rules would it be cheaper alone." in page(camden, f"alone/{CAMDEN}")
    assert "To leave" in page(camden, f"alone/{CAMDEN}")
    assert "cheaper alone: Flat fee (by £12,000)" in page(croydon, f"alone/{CROYDON}")
    assert camden.get(f"/places/alone/{CROYDON}").status_code in {403, 404}
    assert "Barnet" not in page(camden, f"alone/{CAMDEN}")


@pytest.mark.integration
@pytest.mark.django_db
def test_refusals_of_few_are_bands_and_the_list_of_reasons_is_watched(places: Any) -> None:
    text = page(client_at("commissioner", places["camden"]), "refusals")
    assert "27% of those who decline give “another reason”" in text  # 12 of 44
    rows = page(client_at("commissioner", places["camden"]), "refusals.csv").splitlines()
    assert next(row for row in rows if row.startswith("Secure children's home,fire")).endswith("0–3,")
    assert "Camden,Secure children's home,3,1,17,11" in rows
    assert "Croydon,Secure children's home,0–3,0–3,10–24,10–24" in rows


@pytest.mark.integration
@pytest.mark.django_db
def test_the_register_calls_nobody_good_who_was_never_inspected(places: Any) -> None:
    text = page(client_at("commissioner", places["region"]), "register?kind=secure")
    assert text.count("Not known: never inspected") == 3
    assert "A home without places" in text
    assert "Secure children&#x27;s home by borough of London" in text


@pytest.mark.integration
@pytest.mark.django_db
def test_a_borough_sees_the_waits_of_its_own_children_beside_others_and_of_no_other_borough(places: Any) -> None:
    text = page(client_at("director", places["camden"]), "fairness")
    assert "Camden" in text
    assert "Croydon" not in text
    assert "More than chance" in text


@pytest.mark.integration
@pytest.mark.django_db
def test_before_a_build_the_pages_say_what_to_do(places: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (answer_views, batch, held, matching_views, register_views):
        monkeypatch.setattr(module, "frame", lambda _name: None)
    client = client_at("director", places["camden"])
    for path in ("sizing", "shares", "register", "refusals", "fairness", "paper", f"alone/{CAMDEN}"):
        assert "hand in the referral log" in page(client, path), path
    assert "Not tried yet" in page(client, "rules")


@pytest.mark.integration
@pytest.mark.django_db
def test_the_desk_matches_the_batch_and_one_child(places: Any) -> None:
    case = referral(risks=())
    officer = client_at("placement-officer", places["camden"])
    text = page(officer, "matching")
    assert "R-1" in text
    assert "SC2" in text  # cheaper, and fourteen kilometres away
    one = page(officer, f"referrals/{case.pk}/match")
    assert "Three best homes" in one
    assert one.index("SC2") < one.index("SC1")
    assert "SC3" not in page(officer, "matching")


@pytest.mark.integration
@pytest.mark.django_db
def test_a_home_that_is_not_proposed_may_be_asked_with_a_reason(places: Any) -> None:
    case, _ = referral(risks=()), provider()
    officer, url = client_at("placement-officer", places["camden"]), f"/places/referrals/{case.pk}/ask"
    sent = {"provider": "provider-one", "home": "Elsewhere", "urn": "SC7"}
    assert "the three best homes are" in officer.post(url, sent).content.decode()
    assert requests_of(case) == []
    assert officer.post(url, {**sent, "why": "Her aunt works nearby."}).status_code == 302
    assert len(requests_of(case)) == 1
    shown = page(officer, f"referrals/{case.pk}/")
    assert "Elsewhere: Her aunt works nearby." in shown
    assert "aunt" not in page(client_at("provider-answers", provider()), f"requests/{requests_of(case)[0].case.pk}/")
    assert officer.post(url, {**sent, "urn": "SC1", "home": "One"}).status_code == 302


@pytest.mark.integration
@pytest.mark.django_db
def test_a_rule_is_adopted_only_on_a_trial_of_its_very_points(places: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = client_at("placement-desk", places["region"])
    used, adopted = held.rule_in_use()
    assert (used.id, adopted) == ("2026-1", None)
    monkeypatch.setattr(held, "frame", lambda _name: FRAMES["rule_trials"].filter(pl.col("rule") == "2026-1"))
    refused = desk.post("/places/rules/2026-2/adopt", {"why": "The court's clock first."})
    assert "a trial of this rule" in refused.content.decode()
    assert RuleAdoption.objects.count() == 0
    monkeypatch.setattr(held, "frame", FRAMES.get)
    assert desk.post("/places/rules/2026-2/adopt", {"why": ""}).status_code == 200
    assert desk.post("/places/rules/2026-2/adopt", {"why": "The court's clock first."}).status_code == 302
    used, adopted = held.rule_in_use()
    assert used.id == "2026-2"
    assert adopted is not None
    assert (adopted.log, adopted.year) == ("abc", "2024-25")
    assert client_at("placement-officer", places["camden"]).get("/places/rules/2026-1/adopt").status_code == 403


@pytest.mark.integration
@pytest.mark.django_db
def test_a_referral_of_another_borough_is_in_nobody_elses_batch(places: Any) -> None:
    referral(CROYDON, reference="R-9")
    referral()
    asked(referral(reference="R-3"))
    text = page(client_at("placement-officer", places["camden"]), "matching")
    assert "R-1" in text
    assert "R-9" not in text
    assert "R-9" in page(client_at("placement-desk", places["region"]), "matching")
