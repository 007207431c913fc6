// What someone decides about what is kept. A switch shows what the server holds, also after a decision that failed.

import * as api from "./own-data-api.js";

const $ = (id) => document.getElementById(id);

export class Privacy {
  constructor(desk) {
    this.desk = desk;
    this.boxes = [...$("switches").querySelectorAll("input")];
    for (const box of this.boxes) box.addEventListener("change", () => this.decide(box));
  }

  async show() {
    for (const box of this.boxes) box.disabled = true;
    const found = await this.desk.attempt(() => api.switches(), { again: () => this.show() });
    if (found) this.set(found);
  }

  set(found) {
    for (const box of this.boxes) {
      box.checked = found[box.name];
      box.disabled = false;
    }
  }

  async decide(box) {
    const on = box.checked;
    box.checked = !on;
    if (box.name === "servers" && !on && !(await this.leaveServers())) return;
    const found = await this.desk.attempt(() => api.setSwitch(box.name, on));
    if (!found) return;
    this.set(found);
    if (box.name === "servers" && !on) this.desk.changed();
    this.desk.say("Saved. It holds from your next message on.");
  }

  leaveServers() {
    const about = "What you said in servers is no longer used, and what was kept of it is removed. This cannot be undone.";
    return this.desk.confirmed("Stop using servers?", about, "Remove it");
  }
}
