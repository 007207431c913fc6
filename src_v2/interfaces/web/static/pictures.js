// Pictures on their way into a message: chosen, pasted or dropped; handed in at once, shown small, removable.

import * as api from "./api.js";
import { action, make } from "./messages.js";

const MOST = 4;
const MOST_BYTES = 8 * 1024 * 1024;
const LONG_SIDE = 1568; // the server makes them no larger
const THUMBNAIL = 96;

export class Pictures {
  constructor({ button, input, tray, text }) {
    Object.assign(this, { button, input, tray, text });
    this.items = []; // { name, id?, node }
    this.onChange = () => {};
    this.onProblem = () => {};
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.add([...input.files]);
      input.value = "";
    });
    text.addEventListener("paste", (event) => this.pasted(event));
    this.watchDrops(button.form);
  }

  get isEmpty() {
    return this.items.length === 0;
  }

  get busy() {
    return this.items.some(({ id }) => !id);
  }

  pasted(event) {
    const files = picturesIn(event.clipboardData);
    if (files.length === 0) return;
    event.preventDefault();
    this.add(files);
  }

  // Anywhere on the page; what is not a picture is left to the browser.
  watchDrops(form) {
    const brings = (event) => event.dataTransfer?.types.includes("Files") && !document.querySelector("dialog[open]");
    document.addEventListener("dragover", (event) => {
      if (!brings(event)) return;
      event.preventDefault();
      form.classList.add("dropping");
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget ?? form.classList.remove("dropping"));
    document.addEventListener("drop", (event) => {
      form.classList.remove("dropping");
      if (!brings(event)) return;
      event.preventDefault();
      const files = picturesIn(event.dataTransfer);
      if (files.length > 0) this.add(files);
      else this.onProblem("Only pictures can be sent here.");
    });
  }

  async add(files) {
    this.onProblem("");
    const room = MOST - this.items.length;
    await Promise.all(files.slice(0, Math.max(0, room)).map((file) => this.handIn(file)));
    if (files.length > room) this.onProblem(`At most ${MOST} pictures go into one message.`);
  }

  async handIn(file) {
    const item = this.put({ name: file.name || "picture" });
    item.node.setAttribute("aria-busy", "true");
    try {
      const bitmap = await createImageBitmap(file).catch(() => undefined);
      if (bitmap) item.node.prepend(thumbnail(bitmap));
      const small = bitmap && file.size > MOST_BYTES ? await shrunk(bitmap) : file;
      Object.assign(item, await api.handIn(small, item.name));
      item.node.removeAttribute("aria-busy");
      this.onChange();
    } catch (error) {
      this.remove(item);
      this.onProblem(error.message);
    }
  }

  put(item) {
    const remove = action("×", () => (this.remove(item), this.text.focus()), "");
    remove.setAttribute("aria-label", `Remove ${item.name}`);
    item.node = make("li", "", make("span", "", item.name), remove);
    this.items.push(item);
    this.tray.append(item.node);
    this.shown();
    return item;
  }

  remove(item) {
    this.items = this.items.filter((one) => one !== item);
    item.node.remove();
    this.shown();
  }

  // What is sent now: ids and names.
  take() {
    const taken = this.items.map(({ id, name }) => ({ id, name }));
    this.clear();
    return taken;
  }

  giveBack(pictures) {
    for (const { id, name } of pictures) this.put({ id, name });
  }

  clear() {
    this.items = [];
    this.tray.replaceChildren();
    this.shown();
  }

  shown() {
    this.tray.hidden = this.isEmpty;
    this.button.disabled = this.items.length >= MOST;
    this.onChange();
  }
}

function picturesIn(transfer) {
  return [...(transfer?.files ?? [])].filter(({ type }) => type.startsWith("image/"));
}

// Drawn, not linked: the page may show no pictures but its own.
function thumbnail(bitmap) {
  const canvas = make("canvas");
  canvas.width = canvas.height = THUMBNAIL;
  canvas.setAttribute("aria-hidden", "true");
  const side = Math.min(bitmap.width, bitmap.height);
  const [x, y] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  canvas.getContext("2d").drawImage(bitmap, x, y, side, side, 0, 0, THUMBNAIL, THUMBNAIL);
  return canvas;
}

// A photo too large to be taken in is made smaller here.
function shrunk(bitmap) {
  const scale = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = make("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("This picture could not be read."))), "image/jpeg", 0.9);
  });
}
