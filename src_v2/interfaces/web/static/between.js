// What stands between a person and a character: each command that there is, with what it shows, and what can be done
// about it. Nothing here knows which commands those are.

import { json, timeZone } from "./api.js";
import { action as button, make } from "./messages.js";
import { act, edit } from "./own-data-parts.js";

const $ = (id) => document.getElementById(id);
const FINAL = new Set(["delete", "drop", "off"]);
const titleOf = (name) => (name[0].toUpperCase() + name.slice(1)).replaceAll("-", " ");

export class Between {
  constructor(desk) {
    this.desk = desk;
    this.panel = $("between");
  }

  async show() {
    this.panel.replaceChildren();
    const found = await this.desk.attempt(() => json("/api/commands"), { again: () => this.show() });
    if (!found || this.isLeft()) return;
    const groups = found.commands.map((command) => this.group(command));
    this.panel.replaceChildren(...groups.map(({ node }) => node));
    await Promise.all(groups.map((group) => this.load(group)));
  }

  leave() {
    this.panel.replaceChildren();
  }

  isLeft() {
    return $("own-between").hidden;
  }

  ask(command, action, text) {
    const body = { character: this.desk.name, action, text, timezone: timeZone };
    return json(`/api/commands/${encodeURIComponent(command.name)}`, { method: "POST", body });
  }

  group(command) {
    const title = make("h3", "", titleOf(command.name));
    title.id = `between-${command.name}`;
    const words = make("p", "item-text");
    words.dir = "auto";
    const items = make("ul", "items");
    items.setAttribute("aria-labelledby", title.id);
    const group = { command, words, items };
    const others = command.actions.filter((one) => !one.of_item);
    group.node = make("section", "group", title, make("p", "about", command.description), words, items);
    group.node.append(...others.map((one) => (one.text ? this.form(group, one) : this.button(group, one))));
    return group;
  }

  async load(group) {
    const answer = await this.desk.attempt(() => this.ask(group.command, "", ""), { again: () => this.load(group) });
    if (!answer || this.isLeft()) return;
    group.words.textContent = answer.text;
    group.items.replaceChildren(...answer.items.map((item) => this.item(group, item)));
  }

  // Does something and shows what the list is then; false when it was not taken.
  async act(group, action, text) {
    const answer = await this.desk.attempt(() => this.ask(group.command, action.name, text));
    if (!answer) return false;
    await this.load(group);
    this.desk.say(answer.text);
    return true;
  }

  button(group, one) {
    return button(one.description, () => this.act(group, one, ""), "quiet");
  }

  form(group, one) {
    const field = make("input", "");
    Object.assign(field, { maxLength: 1000, dir: "auto", required: true, placeholder: one.text });
    const node = make("form", "asking", make("label", "", one.description, field), make("button", "primary", "Send"));
    node.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (text && (await this.act(group, one, text))) field.value = "";
    });
    return node;
  }

  item(group, item) {
    const body = make("p", "item-text", item.text);
    body.dir = "auto";
    const actions = group.command.actions.filter(({ name }) => item.actions.includes(name));
    const acts = actions.map((one) => act(one.description, item.text, () => this.onItem(group, one, item, node, body)));
    const node = make("li", "item", body, make("div", "acts", ...acts));
    node.tabIndex = -1;
    return node;
  }

  async onItem(group, one, item, node, body) {
    if (one.text) {
      const save = (text) => this.act(group, one, `${item.id} ${text}`).then(() => false);
      edit(node, body, { label: one.description, value: "", rows: 1, most: 500, save });
      return;
    }
    if (FINAL.has(one.name) && !(await this.desk.confirmed(`${one.description}?`, item.text, one.description))) return;
    await this.act(group, one, item.id);
    (group.items.querySelector("button") ?? $("tab-between")).focus();
  }
}
