// Reads event streams, and reads on where it left off when the connection breaks.

import * as api from "./api.js";

const SILENCE_MS = 40_000; // the server says something every 15 seconds: after this the connection is dead
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;
const FINAL = new Set(["done", "failed", "stopped"]);

// Waits that grow from attempt to attempt; ends early when the browser says that it is online again.
export function delay(attempt, signal) {
  const ms = Math.min(FIRST_DELAY_MS * 2 ** attempt, LONGEST_DELAY_MS);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    window.addEventListener("online", resolve, { once: true });
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}

// Yields {id, name, data} of a whole turn. `open` starts it; when the connection breaks afterwards, `lost` is called,
// the rest is asked for until it comes, and `back` is called. Throws what `open` throws, and Refused when the turn is gone.
export async function* follow(open, { lost, back, signal }) {
  let response = await open(signal);
  const turnId = response.headers.get("Turn-Id");
  let last = -1;
  let ended = false;
  for (let attempt = 0; ; attempt += 1) {
    try {
      for await (const event of read(response)) {
        attempt = 0;
        last = event.id;
        ended = FINAL.has(event.name);
        yield event;
      }
      if (ended) return;
    } catch (error) {
      if (signal.aborted) return;
      if (ended) return;
    }
    lost();
    response = await reopen(turnId, last, attempt, signal);
    back();
  }
}

async function reopen(turnId, last, attempt, signal) {
  for (let next = attempt; ; next += 1) {
    await delay(next, signal);
    try {
      return await api.events(turnId, last, signal);
    } catch (error) {
      if (!(error instanceof api.Offline)) throw error;
    }
  }
}

export async function* read(response) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let buffer = "";
  try {
    for (;;) {
      const { done, value } = await unlessSilent(reader.read());
      if (done) return;
      buffer += decoder.decode(value, { stream: true });
      const blocks = buffer.split("\n\n");
      buffer = blocks.pop();
      for (const block of blocks) {
        const event = parse(block);
        if (event) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function unlessSilent(promise) {
  let timer;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new api.Offline("The connection went silent.")), SILENCE_MS);
  });
  return Promise.race([promise, silence]).finally(() => clearTimeout(timer));
}

function parse(block) {
  const event = { id: -1, name: "message", data: null };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const value = line.slice(colon + 1).trimStart();
    if (colon === 0) continue; // a ping
    if (line.startsWith("id:")) event.id = Number(value);
    if (line.startsWith("event:")) event.name = value;
    if (line.startsWith("data:")) event.data = JSON.parse(value);
  }
  return event.data === null ? null : event;
}
