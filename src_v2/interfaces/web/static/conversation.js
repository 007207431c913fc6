// One conversation with one character: loads it, says things, follows replies, and finds back after a break.

import * as api from "./api.js";
import { buttonsOf, listen } from "./arrivals.js";
import { Marks } from "./marks.js";
import { Message, Reply, action } from "./messages.js";
import { delay, follow } from "./stream.js";

export class Conversation {
  // `page` shows what the list does not: presence, connection, announcements, the composer.
  constructor(character, list, page) {
    Object.assign(this, { character, list, page });
    this.replies = new Map(); // turn id -> Reply, while it is being written
    this.leaving = new AbortController();
    this.lastTry = { whole: "", id: "" };
  }

  get signal() {
    return this.leaving.signal;
  }

  leave() {
    this.leaving.abort();
  }

  // Shows the conversation as the server has it; keeps trying while nobody answers.
  async load() {
    const found = await this.persist(() => api.conversation(this.character.name));
    if (!found) return;
    this.list.show(found.messages);
    for (const { id, role, mark, buttons } of found.messages) {
      if (role === "character") this.offerMarks(this.list.byId(id), mark);
      if (buttons?.length) this.offerButtons(this.list.byId(id), buttons);
    }
    this.page.loaded(found);
    if (found.running) this.run((signal) => api.events(found.running, -1, signal), { attached: true });
    else if (found.unanswered) this.offerAnswer();
  }

  // Shows what the character says by itself, until the page leaves this conversation.
  listen() {
    const back = () => this.refresh().catch(() => {}); // the next thing said will tell
    return listen(this.character.name, this.signal, (message) => this.arrived(message), back);
  }

  arrived(message) {
    if (this.list.byId(message.id)) return;
    const shown = this.list.append(new Message({ ...message, at: new Date(message.at) }));
    for (const reply of this.replies.values()) this.list.moveToEnd(reply);
    this.offerMarks(shown);
    this.offerButtons(shown, message.buttons);
    this.page.said();
    this.page.announce(`${this.character.display_name}: ${shown.body.textContent}`);
  }

  offerButtons(message, buttons) {
    const press = async (name) => (await api.press(this.character.name, message.node.dataset.id, name)).text;
    const tell = (text) => {
      this.list.note(text);
      this.page.announce(text);
    };
    message.bubble.append(buttonsOf(buttons, press, tell));
  }

  // Looks whether something was said elsewhere (another tab, the terminal) while nobody looked here.
  async refresh() {
    if (this.replies.size > 0) return;
    const found = await api.conversation(this.character.name);
    const newest = found.messages.at(-1)?.id;
    if (this.replies.size === 0 && (found.running || newest !== this.newestId)) await this.load();
  }

  get newestId() {
    return this.list.last()?.node.dataset.id;
  }

  // `pictures` were handed in already: their ids, and the names under which they stand in the message.
  async say(text, pictures = []) {
    const ids = pictures.map(({ id }) => id);
    const said = [...(text ? [text] : []), ...pictures.map(({ name }) => `[sent a picture: ${name}]`)].join("\n");
    const whole = [said, ...ids].join("\n");
    if (this.lastTry.whole !== whole) this.lastTry = { whole, id: randomId() };
    const { id } = this.lastTry;
    const mine = this.list.append(new Message({ role: "user", speaker: "you", text: said }));
    this.page.said();
    await this.run((signal) => api.say(this.character.name, text, ids, id, signal), {
      refused: (error) => {
        mine.remove();
        const offline = error instanceof api.Offline;
        const why = offline ? "Not sent: there is no connection. Your text is still here." : error.message;
        this.page.giveBack(text, why, error.code === "refused_file" ? [] : pictures);
      },
      accepted: () => (this.lastTry = { whole: "", id: "" }),
    });
  }

  async retry() {
    this.list.clearOffers();
    this.failed?.remove();
    this.failed = undefined;
    await this.run((signal) => api.retry(this.character.name, signal), {
      refused: (error) => (error.code === "nothing_to_retry" ? this.load() : this.offerAnswer(error.message)),
    });
  }

  async stop() {
    const turnId = this.replies.keys().next().value;
    if (turnId) await api.stop(turnId).catch(() => {}); // when it cannot be reached the connection's notice says so
  }

  async forgetLast() {
    await api.forgetLast(this.character.name);
    await this.load();
  }

  // Follows one turn from `open` to its end.
  async run(open, { refused = () => {}, accepted = () => {}, attached = false } = {}) {
    const seen = { turnId: null };
    try {
      const connection = { lost: () => this.page.lost(), back: () => this.page.back(), signal: this.signal };
      for await (const event of follow(open, connection)) {
        if (event.name === "started" && !this.begin(event.data.turn_id, seen, accepted)) return;
        if (event.name !== "started") this.show(seen, event);
      }
    } catch (error) {
      if (this.signal.aborted) return;
      this.end(seen.turnId)?.remove();
      await this.broken(error, seen.turnId || attached, refused);
      return;
    }
    if (!this.signal.aborted) await this.ended(seen, attached);
  }

  // False when this message joined a reply that is shown already: its own reader goes on.
  begin(turnId, seen, accepted) {
    accepted();
    const known = this.replies.get(turnId);
    if (known) {
      if (seen.turnId !== turnId) this.list.moveToEnd(known);
      return seen.turnId === turnId;
    }
    seen.turnId = turnId;
    this.replies.set(turnId, this.list.append(new Reply(this.character.display_name)));
    this.page.busy(true);
    return true;
  }

  show(seen, { name, data }) {
    const reply = this.replies.get(seen.turnId);
    seen.final = data;
    if (name === "delta") reply.add(data.text);
    else if (name === "replaced") reply.replace(data.text);
    else if (name === "notice") this.list.tell(data.text, reply);
    else if (name === "status") reply.setStatus([data.icon, data.text].filter(Boolean).join(" "));
    else if (name === "restart") reply.reset();
    else if (name === "retract") seen.retracted = true;
    else if (name === "done") this.done(reply, data);
    else if (name === "failed") this.fail(reply, data);
    else if (name === "stopped") this.stopped(reply, data, seen);
  }

  done(reply, data) {
    const shown = this.list.byId(data.message_id); // the history had it already
    if (shown && shown !== reply) shown.remove();
    reply.node.dataset.id = data.message_id;
    reply.finish(data.text);
    this.offerMarks(reply);
    this.page.announce(`${this.character.display_name}: ${reply.body.textContent}`);
  }

  fail(reply, data) {
    reply.node.classList.add("failed");
    reply.finish(data.text, action("Try again", () => this.retry()));
    this.failed = reply;
    this.page.announce(`${this.character.display_name} could not answer: ${data.text}`);
  }

  stopped(reply, data, seen) {
    seen.interrupted = data.reason === "shutdown";
    if (data.text && !seen.retracted) {
      reply.node.dataset.id = data.message_id ?? "";
      reply.finish(data.text, seen.interrupted ? "interrupted" : "stopped");
      if (data.message_id) this.offerMarks(reply);
      return;
    }
    reply.remove();
    if (data.reason === "user") this.list.note("You stopped this reply.");
  }

  async ended(seen, attached) {
    this.end(seen.turnId);
    if (seen.interrupted) {
      this.page.lost();
      await this.load();
    } else if (attached) {
      await this.refresh(); // more may have been asked before this page was opened
    }
  }

  end(turnId) {
    const reply = this.replies.get(turnId);
    this.replies.delete(turnId);
    this.page.busy(this.replies.size > 0);
    return reply;
  }

  // Before the turn began the message is not with the server; afterwards the server knows more than this page.
  async broken(error, begun, refused) {
    if (error.code === "sign_in_required") this.page.signIn();
    else if (begun) await this.load();
    else refused(error);
  }

  offerMarks(reply, mark = "") {
    const id = reply.node.dataset.id;
    reply.meta.append(new Marks(mark, (wanted) => this.mark(id, wanted)).node);
  }

  // Tells the server what the person thinks of a reply; throws when that cannot be kept.
  async mark(id, mark) {
    try {
      await api.mark(this.character.name, id, mark);
      this.page.announce({ up: "Noted: you like this reply.", down: "Noted: you don't like this reply." }[mark] ?? "Taken back.");
    } catch (error) {
      if (error.code === "sign_in_required") this.page.signIn();
      this.page.announce(error.message);
      throw error;
    }
  }

  offerAnswer(why = "Your last message has no reply yet.") {
    this.list.offer(why, "Answer now", () => this.retry());
  }

  // Asks until there is an answer; undefined when the page has left this conversation.
  async persist(ask) {
    for (let attempt = 0; !this.signal.aborted; attempt += 1) {
      try {
        const answer = await ask();
        this.page.back();
        return this.signal.aborted ? undefined : answer;
      } catch (error) {
        if (error.code === "sign_in_required") this.page.signIn();
        else this.page.lost();
        await delay(attempt, this.signal).catch(() => {}); // left meanwhile
      }
    }
    return undefined;
  }
}

// crypto.randomUUID exists on https and loopback only.
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
