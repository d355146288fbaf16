import httpx


async def test_a_healthy_process_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "valkey": "ok"})
