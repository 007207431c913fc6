// The whole of it: take a copy along, bring earlier chats in, erase everything.

import { Offline } from "./api.js";
import { make } from "./messages.js";
import * as api from "./own-data-api.js";

const $ = (id) => document.getElementById(id);
const FILE_NAME = "whisperengine-data.zip";
const MOST_BYTES = 300 * 2 ** 20;
const LOOK_EVERY_MS = 1000;
const STATES = {
  working: "Erasing…",
  waiting: "A store is away. This goes on by itself as soon as it is back.",
  done: "Everything about you was erased.",
};

export class Files {
  constructor(desk) {
    this.desk = desk;
    this.isErasing = false;
    $("export").addEventListener("click", () => this.takeAlong());
    $("import-form").addEventListener("submit", (event) => (event.preventDefault(), this.bringIn()));
    $("erase-confirm").addEventListener("input", () => this.arm());
    $("erase-form").addEventListener("submit", (event) => (event.preventDefault(), this.erase()));
  }

  show() {
    $("import-who").textContent = this.desk.character.display_name;
    $("import-result").replaceChildren();
    if (!this.isErasing) $("erase-state").textContent = "";
    $("erase-confirm").value = "";
    this.arm();
  }

  leave() {
    $("import-form").reset();
    $("erase-confirm").value = "";
  }

  arm() {
    $("erase").disabled = this.isErasing || $("erase-confirm").value.trim().toLowerCase() !== "erase";
  }

  async takeAlong() {
    const button = $("export");
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true"; // not `disabled`, which would lose the focus
    this.desk.say("Collecting everything…");
    const blob = await this.desk.attempt(() => api.exported(), { again: () => this.takeAlong() });
    button.ariaDisabled = "false";
    if (!blob) return;
    const link = make("a", "");
    link.href = URL.createObjectURL(blob);
    link.download = FILE_NAME;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    this.desk.say("Downloaded. Keep it where nobody else can read it.");
  }

  async bringIn() {
    const [file] = $("import-file").files;
    if (!file || this.isBringing) return;
    $("import-result").replaceChildren();
    if (file.size > MOST_BYTES) return this.desk.complain(new Error("The file is larger than 300 MiB."));
    this.isBringing = true;
    this.desk.say("Reading the file…");
    const found = await this.desk.attempt(() => api.bringIn(this.desk.name, file), { again: () => this.bringIn() });
    this.isBringing = false;
    if (!found) return;
    this.desk.say("");
    $("import-result").replaceChildren(...result(found));
    $("import-result").scrollIntoView({ block: "nearest" });
    $("import-form").reset();
    if (found.added > 0) this.desk.changed();
  }

  async erase() {
    if ($("erase").disabled) return;
    const begun = await this.desk.attempt(() => api.erase());
    if (!begun) return;
    this.isErasing = true;
    $("erase-confirm").value = "";
    this.arm();
    $("erase-confirm").focus(); // the button is out of use now
    $("erase-progress").hidden = false;
    this.follow(begun);
  }

  async follow({ id, state }) {
    for (let now = state; now !== "done"; now = await this.look(id, now)) {
      this.tell(STATES[now]);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    this.isErasing = false;
    $("erase-progress").hidden = true;
    this.tell(STATES.done);
    this.desk.whenChanged(); // the conversation behind the panel is empty now
  }

  // Nobody to ask is no end: it is asked again.
  async look(id, before) {
    try {
      return (await api.erasure(id)).state;
    } catch (error) {
      if (error.code === "sign_in_required") this.desk.signIn();
      return error instanceof Offline ? before : "waiting";
    }
  }

  tell(text) {
    if ($("erase-state").textContent === text) return;
    $("erase-state").textContent = text;
    $("erase-state").scrollIntoView({ block: "nearest" });
  }
}

const KINDS = { chatgpt: "ChatGPT", sillytavern: "SillyTavern", whisperengine: "An earlier export" };

function result({ kind, added, known, left_out }) {
  const left = Object.entries(left_out).map(([reason, count]) => `${count} ${reason}`);
  const counts = `added ${added}, known ${known}, left out: ${left.join(", ") || "nothing"}`;
  return [make("p", "outcome", make("strong", "", KINDS[kind] ?? kind), `: ${counts}`)];
}
