// The panel with a person's own data: opens beside the conversation, switches between its tabs, and gives each of them
// one way to try something, to say what came of it, and to ask before anything is removed. What people wrote is only
// ever set as text.

import { Offline } from "./api.js";
import { action } from "./messages.js";
import { Between } from "./between.js";
import { Files } from "./own-data-files.js";
import { Facts, Preferences } from "./own-data-knowledge.js";
import { Memories } from "./own-data-memories.js";
import { Privacy } from "./own-data-privacy.js";

const $ = (id) => document.getElementById(id);
const FOCUSABLE = "button, input, select, textarea, a[href], [tabindex='0']";
const MOVES = { ArrowRight: 1, ArrowLeft: -1 };

export class OwnData {
  // `changed` is called when the conversation may have other content than is shown; `signIn` when that is needed.
  constructor({ changed, signIn }) {
    Object.assign(this, { signIn, whenChanged: changed, dialog: $("own-data"), dirty: false });
    const kinds = {
      memories: Memories,
      between: Between,
      facts: Facts,
      preferences: Preferences,
      privacy: Privacy,
      files: Files,
    };
    this.tabs = Object.entries(kinds).map(([name, Kind]) => {
      return { button: $(`tab-${name}`), panel: $(`own-${name}`), content: new Kind(this) };
    });
    $("own-data-close").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("close", () => this.closed());
    // Pressed beside the panel; a click would also end a selection of text that was dragged out of it.
    this.dialog.addEventListener("pointerdown", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("keydown", (event) => event.key === "Tab" && this.keepFocus(event));
    $("own-data-tabs").addEventListener("keydown", (event) => this.moved(event));
    for (const tab of this.tabs) tab.button.addEventListener("click", () => this.select(tab));
  }

  get name() {
    return this.character.name;
  }

  open(character) {
    this.character = character;
    $("own-data-about").textContent = `What ${character.display_name} remembers of you`;
    this.dialog.showModal();
    this.select(this.tabs[0]);
    this.tabs[0].button.focus();
  }

  closed() {
    for (const { panel, content } of this.tabs) {
      panel.hidden = true;
      content.leave?.();
    }
    if (this.dirty) this.whenChanged();
    this.dirty = false;
    $("own-data-open").focus();
  }

  select(chosen) {
    for (const { button, panel, content } of this.tabs) {
      const isChosen = button === chosen.button;
      if (!isChosen && !panel.hidden) content.leave?.();
      button.setAttribute("aria-selected", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
      panel.hidden = !isChosen;
    }
    $("own-data-body").scrollTop = 0;
    this.say("");
    this.settle();
    chosen.content.show();
  }

  moved(event) {
    const at = this.tabs.findIndex(({ button }) => button === document.activeElement);
    const last = this.tabs.length - 1;
    const to = { Home: 0, End: last }[event.key] ?? (event.key in MOVES ? at + MOVES[event.key] : undefined);
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = this.tabs[(to + this.tabs.length) % this.tabs.length];
    next.button.focus();
    this.select(next);
  }

  // Tab goes round within the panel instead of leaving for the browser's own controls.
  keepFocus(event) {
    const all = [...this.dialog.querySelectorAll(FOCUSABLE)].filter(
      (node) => !node.disabled && node.tabIndex >= 0 && node.checkVisibility(),
    );
    const [first, last] = [all[0], all.at(-1)];
    if (document.activeElement !== (event.shiftKey ? first : last)) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  }

  say(text) {
    $("own-data-said").textContent = text;
  }

  settle() {
    $("own-data-problem").hidden = true;
  }

  // The conversation is asked for again when the panel closes.
  changed() {
    this.dirty = true;
  }

  // Returns what `ask` brings, or undefined after having said why not; `again` is offered when trying again can help.
  async attempt(ask, { again } = {}) {
    this.settle();
    try {
      return (await ask()) ?? true;
    } catch (error) {
      if (error.code === "sign_in_required") this.signIn();
      else this.complain(error, again);
      return undefined;
    }
  }

  complain(error, again) {
    const isOffline = error instanceof Offline;
    const why = isOffline ? "Nobody answers right now. Please try again in a moment." : error.message;
    const mayHelp = again && (isOffline || error.status >= 500 || error.status === 429);
    this.say("");
    $("own-data-problem").replaceChildren(why, ...(mayHelp ? [" ", action("Try again", again, "inline-action")] : []));
    $("own-data-problem").hidden = false;
  }

  // Asks before something is removed; false when it is to stay.
  confirmed(question, about, yes) {
    const dialog = $("own-data-confirm");
    $("own-data-confirm-title").textContent = question;
    $("own-data-confirm-about").textContent = about;
    $("own-data-confirm-yes").textContent = yes;
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  }
}
