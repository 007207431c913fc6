// What is remembered: newest first or by what is looked for, to be changed or deleted.

import { make } from "./messages.js";
import * as api from "./own-data-api.js";
import { act, edit, entry, takeOut, time } from "./own-data-parts.js";

const $ = (id) => document.getElementById(id);
const PAUSE_MS = 250; // someone who types on is not done
const MOST_CHARACTERS = 4000;

export class Memories {
  constructor(desk) {
    Object.assign(this, { desk, list: $("memories"), field: $("memory-search"), more: $("memories-more") });
    this.asked = 0; // only the latest question's answer is shown
    this.next = "";
    this.more.addEventListener("click", () => this.loadMore());
    this.field.addEventListener("input", () => {
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.load(), PAUSE_MS);
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.field.value) return;
      event.preventDefault(); // the first Escape empties the field, the next one closes the panel
      event.stopPropagation();
      this.field.value = "";
      this.load();
    });
  }

  show() {
    this.field.value = "";
    this.list.replaceChildren();
    this.more.hidden = $("memories-none").hidden = true;
    this.load();
  }

  leave() {
    clearTimeout(this.pause);
    this.asked += 1;
    this.list.replaceChildren();
  }

  async load() {
    clearTimeout(this.pause);
    const asked = (this.asked += 1);
    const query = this.field.value.trim();
    const ask = () => (query ? api.search(this.desk.name, query) : api.memories(this.desk.name, ""));
    const found = await this.ask(asked, ask, () => this.load());
    if (!found) return;
    this.list.replaceChildren(...found.items.map((item) => this.entry(item)));
    this.showRest(found, query);
    const count = found.items.length;
    this.desk.say(query ? `${count} found` : `${count} shown${found.next ? ", there are more" : ""}`);
  }

  async loadMore() {
    const asked = (this.asked += 1);
    const found = await this.ask(asked, () => api.memories(this.desk.name, this.next), () => this.loadMore());
    if (!found) return;
    const entries = found.items.map((item) => this.entry(item));
    this.list.append(...entries);
    entries[0]?.focus();
    this.showRest(found, "");
    this.desk.say(`${entries.length} more, ${this.list.childElementCount} shown`);
  }

  // Answers undefined when something else was asked meanwhile.
  async ask(asked, ask, again) {
    const found = await this.desk.attempt(
      () => ask().catch((error) => {
        if (asked === this.asked) throw error;
      }),
      { again },
    );
    return asked === this.asked ? found : undefined;
  }

  showRest(found, query) {
    this.next = found.next;
    this.more.hidden = !found.next;
    this.showEmptiness(query);
  }

  showEmptiness(query) {
    $("memories-none").textContent = query ? "Nothing fits that." : "Nothing is remembered yet.";
    $("memories-none").hidden = this.list.childElementCount > 0;
  }

  entry(item) {
    const body = make("p", "item-text", item.text);
    body.dir = "auto";
    const who = make("strong", "", item.is_own ? "You" : item.speaker_name);
    const remove = act("Delete", item.text, () => this.remove(node, item));
    const change = act("Edit", item.text, () => this.change(node, body, item));
    const node = entry([who, time(item.said_at), item.place], body, ...(item.is_own ? [change, remove] : [remove]));
    return node;
  }

  change(node, body, item) {
    edit(node, body, {
      label: "Your words",
      value: item.text,
      rows: 4,
      most: MOST_CHARACTERS,
      save: async (text) => {
        const changed = await this.desk.attempt(() => api.editMemory(this.desk.name, item.id, text));
        if (!changed) return false;
        Object.assign(item, changed);
        body.textContent = item.text;
        this.desk.changed();
        this.desk.say("Changed. What had been learned from the old words is learned anew.");
        return true;
      },
    });
  }

  async remove(node, item) {
    if (!(await this.desk.confirmed("Delete this memory?", `“${item.text}”`, "Delete it"))) return;
    if (!(await this.desk.attempt(() => api.deleteMemory(this.desk.name, item.id)))) return;
    takeOut(node, this.field);
    this.desk.changed();
    this.desk.say("Deleted, with what was learned from it.");
    if (this.list.childElementCount === 0 && this.next) this.load();
    else this.showEmptiness(this.field.value.trim());
  }
}
