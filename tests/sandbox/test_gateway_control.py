from gateway_world import KEY, PHONE, GatewayCompany, world

from bot.sandbox.gateway import Phase


async def test_the_state_tells_the_world_outside(tmp_path):
    async with world(tmp_path) as here:
        state = (await here.http.get("/sandbox/state")).json()
        [company] = state["companies"]
        acts = company.pop("acts")
        assert company == {
            "id": KEY,
            "name": "Salon North",
            "state": "connected",
            "raw": "connected",
            "phone": PHONE,
            "files": 4,
            "qr_alive": False,
        }
        assert {"act", "label_ru", "label_en", "danger"} == set(acts[0])
        assert {"act", "label_ru", "label_en"} == set(state["gateway"]["acts"][0])


async def test_the_truth_may_differ_from_what_the_gateway_says(tmp_path):
    async with world(tmp_path) as here:
        await here.http.post("/sandbox/act", json={"company": KEY, "act": "zombie"})
        [company] = (await here.http.get("/sandbox/state")).json()["companies"]
        assert (company["state"], company["raw"]) == ("zombie", "connected")


async def test_a_live_code_is_told_and_can_be_scanned(tmp_path):
    async with world(tmp_path, linked=False) as here:
        await here.init()
        await here.gateway.until(KEY, Phase.SHOWING)
        code = (await here.http.get(f"/sandbox/companies/{KEY}/qr")).json()["qr"]
        [company] = (await here.http.get("/sandbox/state")).json()["companies"]
        assert company["qr_alive"]
        reply = await here.http.post(
            "/sandbox/act", json={"company": KEY, "act": "scan", "code": code}
        )
        assert reply.json() == {"ok": True}
        await here.gateway.until(KEY, Phase.OPEN)
        assert (await here.http.get(f"/sandbox/companies/{KEY}/qr")).json() == {"qr": None}


async def test_acts_on_the_gateway_have_no_company(tmp_path):
    async with world(tmp_path) as here:
        await here.http.post("/sandbox/act", json={"company": None, "act": "garbage"})
        state = (await here.http.get("/sandbox/state")).json()
        assert [act["act"] for act in state["gateway"]["acts"]] == ["gateway_up"]


async def test_impossible_and_unknown_acts_are_told_apart(tmp_path):
    async with world(tmp_path) as here:
        asked = [
            {"company": KEY, "act": "scan"},
            {"company": KEY, "act": "explode"},
            {"company": "1", "act": "drop"},
            {"company": KEY},
            [],
            {"company": [], "act": {}},
        ]
        replies = [await here.http.post("/sandbox/act", json=body) for body in asked]
        assert [reply.status_code for reply in replies] == [409, 404, 404, 404, 404, 404]


async def test_pages_of_any_origin_may_use_it(tmp_path):
    async with world(tmp_path) as here:
        asked = await here.http.options("/sandbox/act")
        state = await here.http.get("/sandbox/state")
        assert asked.headers["Access-Control-Allow-Headers"] == "Content-Type"
        assert state.headers["Access-Control-Allow-Origin"] == "*"
        assert (
            "Access-Control-Allow-Origin"
            not in (await here.http.get("/api/whatsapp/metrics")).headers
        )


async def test_a_thousand_companies_are_listed_in_one_answer(tmp_path):
    companies = {
        str(number): GatewayCompany("x", f"79{number:09d}", False) for number in range(1000)
    }
    async with world(tmp_path, companies=companies) as here:
        state = (await here.http.get("/sandbox/state")).json()
        assert len(state["companies"]) == 1000
