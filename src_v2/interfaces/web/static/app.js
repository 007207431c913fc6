// The page: finds its parts, opens a conversation, and shows what goes on around it.

import * as api from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { MessageList } from "./messages.js";
import { OwnData } from "./own-data.js";
import { Pictures } from "./pictures.js";
import { keepAtBottom } from "./scroll.js";
import { delay } from "./stream.js";

const $ = (id) => document.getElementById(id);
const list = new MessageList($("messages"));
const scroll = keepAtBottom($("scroller"), $("messages"), $("newest"));
const pictures = new Pictures({ button: $("attach"), input: $("picture-file"), tray: $("tray"), text: $("text") });
const composer = new Composer(
  { form: $("composer"), text: $("text"), send: $("send"), count: $("count"), problem: $("problem"), pictures },
  (text, sent) => conversation?.say(text, sent),
);
const ownData = new OwnData({
  changed: () => conversation?.load(),
  signIn: () => page.signIn(),
});
let conversation;
let everyone = [];

// What a conversation may ask of the page.
const page = {
  loaded({ demo, model, messages }) {
    $("demo").hidden = !demo;
    $("presence").title = demo ? "" : model;
    $("empty").hidden = messages.length > 0;
    $("forget").hidden = messages.length === 0;
    scroll.stick();
  },
  said() {
    $("empty").hidden = true;
    $("forget").hidden = false;
    scroll.stick();
  },
  busy(isBusy) {
    $("stop").hidden = !isBusy;
    $("forget").disabled = isBusy;
    presence(isBusy ? "writing…" : "here to talk");
  },
  lost() {
    $("lost").textContent = "Connection lost. Trying again…";
    $("lost").hidden = false;
    presence("not connected");
  },
  back() {
    if ($("lost").hidden) return;
    $("lost").hidden = true;
    page.announce("Connected again.");
    page.busy(conversation?.replies.size > 0);
  },
  giveBack(text, why, sent) {
    $("empty").hidden = !list.isEmpty;
    composer.giveBack(text, why, sent);
  },
  announce(text) {
    $("announcer").textContent = text;
  },
  signIn() {
    if (!$("sign-in").open) $("sign-in").showModal();
  },
};

function presence(text) {
  $("presence").textContent = text;
}

function hue(name) {
  return [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
}

function open(character) {
  conversation?.leave();
  const name = character.display_name;
  document.title = `${name} – WhisperEngine`;
  document.documentElement.style.setProperty("--hue", hue(character.name));
  $("name").textContent = name;
  $("text-label").textContent = `Your message to ${name}`;
  $("avatar").textContent = $("empty-avatar").textContent = [...name][0]?.toUpperCase() ?? "";
  $("empty-title").textContent = `This is ${name}`;
  $("characters").value = character.name;
  list.show([]);
  $("empty").hidden = true;
  conversation = new Conversation(character, list, page);
  page.busy(false);
  $("own-data-open").hidden = false;
  composer.open(character.name, name);
  conversation.listen();
  conversation.load();
  if (matchMedia("(pointer: fine)").matches) $("text").focus();
}

function fillSwitcher() {
  $("characters").replaceChildren(...everyone.map(({ name, display_name }) => new Option(display_name, name)));
  $("switcher").hidden = everyone.length < 2;
}

async function findEveryone() {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const found = await api.characters();
      page.back();
      return found;
    } catch (error) {
      if (error.code === "sign_in_required") return page.signIn();
      page.lost();
      await delay(attempt);
    }
  }
}

async function start() {
  const found = await findEveryone();
  if (!found) return;
  everyone = found.characters;
  fillSwitcher();
  const wanted = new URLSearchParams(location.search).get("character") ?? found.default;
  const character = everyone.find(({ name }) => name === wanted) ?? everyone[0];
  if (character) open(character);
  else presence("No character is loaded. Run: whisperengine character list");
}

$("characters").addEventListener("change", () => {
  const name = $("characters").value;
  history.replaceState(null, "", `?character=${encodeURIComponent(name)}`);
  open(everyone.find((character) => character.name === name));
});

$("starters").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) conversation?.say(button.textContent);
});

$("stop").addEventListener("click", () => {
  conversation?.stop();
  $("text").focus();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !$("stop").hidden && !document.querySelector("dialog[open]")) conversation.stop();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) conversation?.refresh().catch(() => {}); // the next thing said will tell
});

$("forget").addEventListener("click", () => $("forget-dialog").showModal());
$("forget-dialog").addEventListener("close", async () => {
  if ($("forget-dialog").returnValue !== "forget") return;
  $("forget-dialog").returnValue = "";
  try {
    await conversation.forgetLast();
    page.announce("Forgotten.");
  } catch (error) {
    composer.say(error.message);
  }
});

$("own-data-open").addEventListener("click", () => ownData.open(conversation.character));

$("sign-in").addEventListener("cancel", (event) => event.preventDefault());
$("sign-in-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await api.signIn($("token").value.trim());
    location.reload();
  } catch (error) {
    $("sign-in-problem").textContent = error.message;
    $("sign-in-problem").hidden = false;
    $("token").select();
  }
});

start();
