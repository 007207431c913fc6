// Small pieces that the tabs of a person's own data share: dates, entries with their actions, a field to change words in.

import { action, make } from "./messages.js";

const whenExactly = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const whatDay = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const ABOUT_CHARACTERS = 60;

export function time(iso, { exactly = true } = {}) {
  const at = new Date(iso);
  const node = make("time", "", (exactly ? whenExactly : whatDay).format(at));
  node.dateTime = at.toISOString();
  return node;
}

// A button that tells screen readers what it is about, for there is one of its name in every entry.
export function act(label, about, onClick) {
  const button = action(label, onClick, "act");
  const words = about.length > ABOUT_CHARACTERS ? `${about.slice(0, ABOUT_CHARACTERS)}…` : about;
  button.append(make("span", "for-readers", `: ${words}`));
  return button;
}

export function entry(meta, body, ...acts) {
  const dots = meta.flatMap((part, at) => (at === 0 ? [part] : [" · ", part]));
  const node = make("li", "item", make("p", "item-meta", ...dots), body, make("div", "acts", ...acts));
  node.tabIndex = -1;
  return node;
}

// Takes an entry out of its list and leaves the focus near by.
export function takeOut(node, otherwise) {
  const next = node.nextElementSibling ?? node.previousElementSibling;
  node.remove();
  (next ?? otherwise).focus();
}

// Puts a field in the place of `body` until it is saved or left; `save` answers whether the words were taken.
export function edit(node, body, { label, value, rows, most, save }) {
  const field = make(rows > 1 ? "textarea" : "input", "");
  field.value = value;
  field.maxLength = most;
  field.dir = "auto";
  field.required = true;
  if (rows > 1) field.rows = rows;
  const send = make("button", "primary", "Save");
  const cancel = action("Cancel", () => leave(), "quiet");
  const form = make("form", "editing", make("label", "", label, field), make("div", "choices", cancel, send));
  const acts = node.querySelector(".acts");
  const leave = () => {
    form.replaceWith(body);
    acts.hidden = false;
    acts.querySelector("button").focus();
  };
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // leaves the field, not the panel
    event.stopPropagation();
    leave();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!field.value.trim() || send.disabled) return;
    send.disabled = true;
    const taken = await save(field.value.trim());
    send.disabled = false;
    if (taken) leave();
  });
  body.replaceWith(form);
  acts.hidden = true;
  field.focus();
}
