// The list of messages: what was said, by whom and when, and the reply that is being written. Draws, decides nothing.

import { render } from "./markdown.js";

const TOGETHER_MS = 3 * 60_000; // messages of one speaker this close together show one time
const clockTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const fullTime = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const fullDate = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const oldDate = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });

export function make(name, className = "", ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

export function action(label, onClick, className = "again") {
  const button = make("button", className, label);
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}

function dayName(date) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return days < 180 ? fullDate.format(date) : oldDate.format(date);
}

// One message. The character's text is Markdown, the person's is shown as it was typed.
export class Message {
  constructor({ id = "", role, speaker, text = "", at = new Date() }) {
    this.role = role;
    this.at = at;
    this.text = text;
    this.body = make("div", "text");
    this.meta = make("div", "meta");
    this.bubble = make("div", "bubble", this.body);
    this.body.dir = "auto";
    const said = make("span", "for-readers", role === "user" ? "You said:" : `${speaker} said:`);
    this.node = make("li", `message ${role}`, said, this.bubble, this.meta);
    this.node.dataset.id = id;
    this.node.view = this;
    if (text) this.setText(text);
    this.setMeta();
  }

  setText(text) {
    this.text = text;
    if (this.role === "user") this.body.textContent = text;
    else render(this.body, text);
  }

  setMeta(...extra) {
    const time = make("time", "", clockTime.format(this.at));
    time.dateTime = this.at.toISOString();
    time.title = fullTime.format(this.at);
    this.meta.replaceChildren(time, ...extra);
  }

  remove() {
    this.node.remove();
  }
}

// A reply that is being written. Text is drawn at most once per frame, however fast it comes.
export class Reply extends Message {
  constructor(speaker) {
    super({ role: "character", speaker });
    this.doing = make("span", "doing");
    this.dots = make("span", "waiting", make("i"), make("i"), make("i"), this.doing);
    this.frame = 0;
    this.reset();
  }

  reset() {
    this.text = "";
    this.drawn = true;
    this.body.replaceChildren();
    this.body.append(this.dots);
    this.meta.replaceChildren();
    this.node.setAttribute("aria-busy", "true");
    this.dots.setAttribute("role", "img");
    this.setStatus("");
  }

  setStatus(text) {
    this.doing.textContent = text;
    this.dots.setAttribute("aria-label", text || "Writing");
  }

  add(text) {
    this.text += text;
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  // What was shown is taken back; nothing instead means that the reply is still being thought about.
  replace(text) {
    if (!text) {
      cancelAnimationFrame(this.frame);
      this.frame = 0;
      this.reset();
      return;
    }
    this.text = "";
    this.add(text);
  }

  draw() {
    this.frame = 0;
    this.dots.remove();
    render(this.body, this.text);
  }

  finish(text, ...meta) {
    cancelAnimationFrame(this.frame);
    this.text = text;
    this.at = new Date();
    this.draw();
    this.setMeta(...meta);
    this.node.removeAttribute("aria-busy");
  }
}

export class MessageList {
  constructor(node) {
    this.node = node;
  }

  get isEmpty() {
    return this.node.childElementCount === 0;
  }

  show(messages) {
    this.node.replaceChildren();
    for (const message of messages) this.append(new Message({ ...message, at: new Date(message.at) }));
  }

  append(message) {
    this.clearOffers();
    const before = this.last();
    if (before === undefined || before.at.toDateString() !== message.at.toDateString()) {
      const day = make("li", "day", dayName(message.at));
      this.node.append(day);
    } else if (before.role === message.role && message.at - before.at < TOGETHER_MS) {
      message.node.classList.add("follows");
      if (before.meta.childElementCount === 1) before.meta.hidden = true;
    }
    this.node.append(message.node);
    return message;
  }

  moveToEnd(message) {
    this.node.append(message.node);
  }

  // A line at the end that offers to do something about the last message.
  offer(text, label, onClick) {
    this.clearOffers();
    this.node.append(make("li", "unanswered", `${text} `, action(label, onClick, "inline-action")));
  }

  // A quiet line before a message: what somebody is told at first contact.
  tell(text, before) {
    before.node.before(make("li", "notice", text));
  }

  note(text) {
    this.node.append(make("li", "unanswered", text));
  }

  // What could be done about an earlier message is past once something new is said.
  clearOffers() {
    for (const node of this.node.querySelectorAll(".unanswered, .again")) node.remove();
  }

  byId(id) {
    return [...this.node.children].find((node) => node.dataset.id === id)?.view;
  }

  last() {
    return [...this.node.children].findLast((node) => node.view)?.view;
  }
}
