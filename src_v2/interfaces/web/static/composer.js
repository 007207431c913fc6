// The message field: grows with its text, keeps a draft per character, sends with Enter.

const MAX_CHARACTERS = 4000;
const COUNT_FROM = 3600;

export class Composer {
  constructor({ form, text, send, count, problem, pictures }, onSend) {
    Object.assign(this, { form, text, sendButton: send, count, problem, pictures, onSend });
    this.character = "";
    form.addEventListener("submit", (event) => (event.preventDefault(), this.send()));
    text.addEventListener("input", () => this.changed());
    text.addEventListener("keydown", (event) => this.pressed(event));
    pictures.onChange = () => this.offerSend();
    pictures.onProblem = (why) => this.say(why);
    new ResizeObserver(() => this.grow()).observe(form);
  }

  open(character, name) {
    this.character = character;
    this.text.placeholder = `Message ${name}`;
    this.text.value = load(this.key) ?? "";
    this.pictures.clear();
    this.say("");
    this.changed();
  }

  get key() {
    return `draft:${this.character}`;
  }

  get length() {
    return [...this.text.value.trim()].length;
  }

  pressed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.send();
  }

  get isReady() {
    return !this.pictures.busy && (this.length > 0 || !this.pictures.isEmpty);
  }

  send() {
    if (!this.isReady) return;
    if (this.length > MAX_CHARACTERS) {
      const over = (this.length - MAX_CHARACTERS).toLocaleString();
      this.say(`That is ${over} characters too long. Send it in two parts.`);
      return;
    }
    const text = this.text.value.trim();
    const sent = this.pictures.take();
    this.put("");
    this.onSend(text, sent);
  }

  put(text) {
    this.text.value = text;
    this.say("");
    this.changed();
  }

  // Gives back what could not be sent, unless something new is being written.
  giveBack(text, why, pictures = []) {
    this.put(this.text.value.trim() ? `${text}\n${this.text.value}` : text);
    this.pictures.giveBack(pictures);
    this.say(why);
    this.text.focus();
  }

  say(problem) {
    this.problem.textContent = problem;
    this.problem.hidden = !problem;
  }

  changed() {
    store(this.key, this.text.value);
    this.grow();
    const over = this.length > MAX_CHARACTERS;
    this.offerSend();
    this.count.textContent = this.length >= COUNT_FROM ? `${this.length.toLocaleString()} / ${MAX_CHARACTERS.toLocaleString()}` : "";
    this.count.className = over ? "over" : "";
    if (!over) this.say("");
  }

  offerSend() {
    this.sendButton.disabled = !this.isReady;
  }

  grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }
}

// Storage may be switched off in the browser; then there are no drafts.
function load(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // no drafts
  }
}
