// The sandbox's control interface.

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `HTTP ${response.status}`);
  return body;
}

export const get = async (path) => answer(await fetch(path));

export const act = async (name, body = {}) =>
  answer(
    await fetch(`/sandbox/${name}`, {
      method: "POST",
      headers: {"Content-Type": "application/json"},
      body: JSON.stringify(body),
    }),
  );

// Calls back for every event; the browser reconnects by itself, `onopen` comes each time.
export function listen({onevent, onopen, onlost}) {
  const source = new EventSource("/sandbox/events");
  source.onopen = onopen;
  source.onerror = onlost;
  source.onmessage = (message) => onevent(JSON.parse(message.data));
}
