// What a character says by itself: listens for it while a conversation is open, and makes its buttons.

import * as api from "./api.js";
import { action, make } from "./messages.js";
import { delay, read } from "./stream.js";

// Calls `said` with every message that comes until `signal` ends it, and `back` when messages may have been missed.
export async function listen(character, signal, said, back) {
  let missed = false;
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      const response = await api.arrivals(character, signal);
      if (missed) await back();
      attempt = 0;
      for await (const event of read(response)) if (event.name === "said") said(event.data);
    } catch (error) {
      if (signal.aborted || error.code === "sign_in_required") return;
    }
    missed = true;
    await delay(attempt, signal).catch(() => {}); // left meanwhile
  }
}

// The buttons below a message. `press` takes the action and returns what to tell the person.
export function buttonsOf(buttons, press, tell) {
  const row = make("div", "said-buttons");
  for (const { action: name, label } of buttons) {
    const button = action(
      label,
      async () => {
        for (const one of row.children) one.disabled = true;
        try {
          tell(await press(name));
          row.remove();
        } catch (error) {
          if (error.code === "not_there") row.remove();
          else for (const one of row.children) one.disabled = false;
          tell(error.message);
        }
      },
      "said-button",
    );
    row.append(button);
  }
  return row;
}
