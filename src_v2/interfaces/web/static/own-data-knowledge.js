// What was learned: facts to correct or take back, what was talked about, and how someone wants to be spoken with.

import { make } from "./messages.js";
import * as api from "./own-data-api.js";
import { act, edit, entry, takeOut, time } from "./own-data-parts.js";

const $ = (id) => document.getElementById(id);
const MOST_CHARACTERS = 300;
const WISHES = {
  length: "How long replies are",
  tone: "The tone",
  nickname: "What to call you",
  avoid: "A topic to avoid",
  language: "The language",
};

export class Facts {
  constructor(desk) {
    this.desk = desk;
  }

  async show() {
    this.empty();
    const { name } = this.desk;
    const ask = () => Promise.all([api.facts(name), api.summaries(name)]);
    const found = await this.desk.attempt(ask, { again: () => this.show() });
    if (!found || name !== this.desk.name || $("own-facts").hidden) return;
    const [facts, summaries] = found;
    this.fill("facts-now", facts.filter((fact) => fact.is_current).map((fact) => this.entry(fact)));
    this.fill("facts-past", facts.filter((fact) => !fact.is_current).map((fact) => this.entry(fact)));
    this.fill("summaries", summaries.map((summary) => this.summary(summary)));
    this.showEmptiness();
    this.desk.say(`${facts.length} ${facts.length === 1 ? "fact" : "facts"}`);
  }

  leave() {
    this.empty();
  }

  empty() {
    for (const id of ["facts-now", "facts-past", "summaries"]) this.fill(id, []);
    $("facts-none").hidden = true;
  }

  fill(id, nodes) {
    $(id).replaceChildren(...nodes);
    $(`${id}-group`).hidden = nodes.length === 0;
  }

  showEmptiness() {
    for (const id of ["facts-now", "facts-past"]) $(`${id}-group`).hidden = $(id).childElementCount === 0;
    $("facts-none").hidden = $("facts-now").childElementCount + $("facts-past").childElementCount > 0;
  }

  named(name, isFirst) {
    if (name === "user") return isFirst ? "You" : "you";
    return name === "character" ? this.desk.character.display_name : name;
  }

  entry(fact) {
    const [subject, object] = [this.named(fact.subject, true), this.named(fact.object, false)];
    const predicate = fact.predicate.replaceAll("_", " ");
    const body = make("p", "item-text", `${subject}: `, make("span", "verb", `${predicate} `), make("strong", "", object));
    body.dir = "auto";
    const since = fact.valid_from ? [`since ${fact.valid_from}`] : [];
    const until = fact.is_current ? [] : [fact.valid_until ? `until ${fact.valid_until}` : "no longer"];
    const meta = [make("span", "", "said ", time(fact.said_at, { exactly: false })), ...since, ...until];
    const words = `${subject}: ${predicate} ${object}`;
    const node = entry(
      meta,
      body,
      act("Correct", words, () => this.correct(node, body, fact, `${subject}: ${predicate}`)),
      act("Take back", words, () => this.retract(node, fact, words)),
    );
    return node;
  }

  correct(node, body, fact, label) {
    edit(node, body, {
      label,
      value: this.named(fact.object, false),
      rows: 1,
      most: MOST_CHARACTERS,
      save: async (object) => {
        const corrected = await this.desk.attempt(() => api.correctFact(this.desk.name, fact.id, object));
        if (!corrected) return false;
        const fresh = this.entry(corrected);
        node.replaceWith(fresh);
        fresh.focus();
        this.desk.say("Corrected.");
        return false; // the entry is a new one: there is no field left to put away
      },
    });
  }

  async retract(node, fact, words) {
    if (!(await this.desk.confirmed("Take this back?", `“${words}”`, "Take it back"))) return;
    if (!(await this.desk.attempt(() => api.retractFact(this.desk.name, fact.id)))) return;
    takeOut(node, $("tab-facts"));
    this.showEmptiness();
    this.desk.say("Taken back. It does not return unless you say it again.");
  }

  summary({ text, topics, ended_at }) {
    const body = make("p", "item-text", text);
    body.dir = "auto";
    return entry([time(ended_at, { exactly: false }), ...(topics.length > 0 ? [topics.join(", ")] : [])], body);
  }
}

export class Preferences {
  constructor(desk) {
    this.desk = desk;
    this.list = $("preferences");
    $("preference-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
  }

  async show() {
    const { name } = this.desk;
    const found = await this.desk.attempt(() => api.preferences(name), { again: () => this.show() });
    if (!found || name !== this.desk.name || $("own-preferences").hidden) return;
    this.list.replaceChildren(...found.map((wish) => this.entry(wish)));
    this.showEmptiness();
  }

  leave() {
    this.list.replaceChildren();
    $("preference-value").value = "";
  }

  showEmptiness() {
    $("preferences-none").hidden = this.list.childElementCount > 0;
  }

  entry({ name, value }) {
    const body = make("p", "item-text", value);
    body.dir = "auto";
    const node = entry([WISHES[name]], body, act("Clear", `${WISHES[name]}, ${value}`, () => this.clear(node, name, value)));
    return node;
  }

  async add() {
    const value = $("preference-value").value.trim();
    if (!value) return;
    if (!(await this.desk.attempt(() => api.setPreference(this.desk.name, $("preference-name").value, value)))) return;
    $("preference-value").value = "";
    await this.show();
    this.desk.say("Added.");
  }

  async clear(node, name, value) {
    if (!(await this.desk.attempt(() => api.clearPreference(this.desk.name, name, value)))) return;
    takeOut(node, $("preference-value"));
    this.showEmptiness();
    this.desk.say("Cleared.");
  }
}
