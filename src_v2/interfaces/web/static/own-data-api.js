// The API of a person's own data as functions.

import { json, request, timeZone } from "./api.js";

const part = encodeURIComponent;
const of = (character, rest) => `/api/own-data/${part(character)}/${rest}`;

export const memories = (character, after) => json(of(character, `memories?after=${part(after)}`));
export const search = (character, query) => json(of(character, `memories/search?q=${part(query)}&limit=50`));
export const editMemory = (character, id, text) =>
  json(of(character, `memories/${part(id)}`), { method: "PATCH", body: { text } });
export const deleteMemory = (character, id) => request(of(character, `memories/${part(id)}`), { method: "DELETE" });

export const facts = async (character) => (await json(of(character, "facts"))).facts;
export const correctFact = (character, id, object) =>
  json(of(character, `facts/${part(id)}`), { method: "PATCH", body: { object } });
export const retractFact = (character, id) => request(of(character, `facts/${part(id)}`), { method: "DELETE" });
export const summaries = async (character) => (await json(of(character, "summaries"))).summaries;

export const preferences = async (character) => (await json(of(character, "preferences"))).preferences;
export const setPreference = (character, name, value) =>
  request(of(character, `preferences/${part(name)}`), { method: "PUT", body: { value } });
export const clearPreference = (character, name, value) =>
  request(of(character, `preferences/${part(name)}?value=${part(value)}`), { method: "DELETE" });

export const switches = () => json("/api/own-data/switches");
export const setSwitch = (name, on) => json(`/api/own-data/switches/${part(name)}`, { method: "PUT", body: { on } });

export const exported = async () => (await request("/api/own-data/export")).blob();
export const bringIn = (character, file) =>
  json(`/api/own-data/import?character=${part(character)}&timezone=${part(timeZone)}`, { method: "POST", body: file });
export const erase = () => json("/api/own-data/erase", { method: "POST", body: { confirm: "erase" } });
export const erasure = (id) => json(`/api/own-data/erasures/${part(id)}`);
