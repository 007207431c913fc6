// The HTTP API as functions. Says what went wrong in two ways: Offline (nobody answered) and Refused (an answer with
// a code and a sentence for people). Not for reading event streams; stream.js does that.

export class Offline extends Error {}

export class Refused extends Error {
  constructor(status, { code = "unknown", message = "Something went wrong." } = {}) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export async function request(path, { method = "GET", body, headers = {}, signal } = {}) {
  const options = { method, headers: { ...headers }, signal, credentials: "same-origin" };
  if (body instanceof Blob) {
    options.headers["Content-Type"] = "application/octet-stream"; // a file goes as it is
    options.body = body;
  } else if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Offline("Nobody answers at this address right now.");
  }
  if (!response.ok) throw new Refused(response.status, await errorOf(response));
  return response;
}

async function errorOf(response) {
  try {
    return (await response.json()).error;
  } catch {
    return undefined;
  }
}

export const json = async (path, options) => (await request(path, options)).json();

export const characters = () => json("/api/characters");
export const conversation = (character) => json(`/api/conversation?character=${encodeURIComponent(character)}`);
export const { timeZone = "" } = Intl.DateTimeFormat().resolvedOptions();
export const handIn = (file, name, signal) =>
  json(`/api/pictures?name=${encodeURIComponent(name.slice(-100))}`, { method: "POST", body: file, signal });
export const say = (character, text, pictures, messageId, signal) =>
  request("/api/chat", {
    method: "POST",
    body: { character, text, pictures, message_id: messageId, timezone: timeZone },
    signal,
  });
export const retry = (character, signal) =>
  request("/api/chat/retry", { method: "POST", body: { character }, signal });
export const events = (turnId, after, signal) =>
  request(`/api/turns/${encodeURIComponent(turnId)}/events`, { headers: { "Last-Event-ID": String(after) }, signal });
export const stop = (turnId) => json(`/api/turns/${encodeURIComponent(turnId)}/stop`, { method: "POST", body: {} });
export const forgetLast = (character) => json("/api/chat/forget-last", { method: "POST", body: { character } });
export const mark = (character, messageId, mark) =>
  json(`/api/messages/${encodeURIComponent(messageId)}/mark`, { method: "PUT", body: { character, mark } });
export const arrivals = (character, signal) =>
  request(`/api/arrivals?character=${encodeURIComponent(character)}`, { signal });
export const press = (character, messageId, action) =>
  json(`/api/messages/${encodeURIComponent(messageId)}/press`, { method: "POST", body: { character, action } });
export const signIn = (token) => request("/api/session", { method: "POST", body: { token } });
