// The open chat: head, topics, pinned bar, messages.

import {el, icon, byId, arrange} from "./dom.js";
import {pictured} from "./emoji.js";
import {chatAvatar, chatName} from "./list.js";
import {drawFoot, send, target} from "./composer.js";
import {messageElement, signature} from "./message.js";
import {day, plural, word} from "./words.js";
import {chatById, markRead, personById, state, visible} from "./state.js";

const kept = new Map(); // message key → {signature, node} of the open chat
let keptFor = "";

export function drawChat(close) {
  const chat = chatById(state.open);
  const view = byId("chat");
  view.hidden = !chat;
  byId("screens").classList.toggle("in-chat", Boolean(chat));
  if (!chat) return;
  head(chat, close);
  topics(chat);
  pinned(chat);
  messages(chat);
  drawFoot(chat);
}

function head(chat, close) {
  byId("chat-head").replaceChildren(
    el("button", {type: "button", class: "round quiet", "aria-label": word("back"), data: {testid: "back"}, onclick: close}, icon("back")),
    chatAvatar(chat),
    el("div", {class: "chat-title"},
      el("h2", {}, chatName(chat)),
      el("span", {class: typingIn(chat) ? "typing" : "", data: {testid: "chat-status"}}, status(chat))),
  );
}

const typingIn = (chat) => (state.typing.get(chat.id)?.until ?? 0) > Date.now();

function status(chat) {
  if (typingIn(chat)) {
    return state.typing.get(chat.id).action === "upload_photo" ? word("uploadPhoto") : word("typing");
  }
  if (chat.person_id !== null) return word("bot");
  const names = chat.members.map((member) => personById(member.id)?.name).filter(Boolean);
  return `${plural("members", chat.members.length)}: ${names.join(", ")}`;
}

function topics(chat) {
  const bar = byId("topics");
  bar.hidden = !chat.topics.length;
  if (state.topic && !chat.topics.some((topic) => topic.id === state.topic)) state.topic = null;
  const tab = (id, name) =>
    el("button", {type: "button", class: state.topic === id ? "on" : "", data: {testid: "topic"}, "aria-pressed": String(state.topic === id),
      onclick: () => ((state.topic = id), messages(chat, true), topics(chat))}, name);
  bar.replaceChildren(tab(null, word("allTopics")), ...chat.topics.map((t) => tab(t.id, `${t.closed ? "🔒 " : ""}${t.name}`)));
}

function pinned(chat) {
  const key = chat.pinned.at(-1);
  const message = key && visible(chat).find((candidate) => candidate.key === key);
  const bar = byId("pinned");
  bar.hidden = !message;
  if (!message) return;
  bar.replaceChildren(icon("pin"), el("span", {}, el("b", {}, word("pinned")), el("span", {dir: "auto"}, ...pictured(message.text || word("photo")))));
  bar.onclick = () => jump(message.key);
}

function messages(chat, anew = false) {
  const owner = `${chat.id}:${state.me.id}`;
  const scroll = byId("scroll");
  const atEnd = owner !== keptFor || anew || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 90;
  if (owner !== keptFor) kept.clear();
  keptFor = owner;
  const shown = visible(chat).filter((message) => !state.topic || message.thread_id === state.topic || message.id === state.topic);
  const nodes = [];
  const keys = new Set();
  shown.forEach((message, index) => {
    const group = groupOf(shown, index);
    if (index === 0 || day(shown[index - 1].date) !== day(message.date)) nodes.push(dayMark(message, keys));
    nodes.push(node(message, chat, group));
    keys.add(message.key);
  });
  for (const key of kept.keys()) if (!keys.has(key)) kept.delete(key);
  if (!shown.length) nodes.push(el("li", {class: "quiet-note"}, word("empty")));
  const focused = document.activeElement;
  arrange(byId("messages"), nodes);
  if (focused !== document.activeElement && focused.isConnected) focused.focus({preventScroll: true});
  if (atEnd) scroll.scrollTop = scroll.scrollHeight;
  byId("to-end").hidden = atEnd;
  if (document.visibilityState === "visible") markRead(chat);
}

// Messages of one person within five minutes stand together.
function groupOf(shown, index) {
  const together = (a, b) =>
    a && b && !a.service && !b.service && a.from.id === b.from.id && Math.abs(a.date - b.date) < 300 && day(a.date) === day(b.date);
  const message = shown[index];
  return {first: !together(shown[index - 1], message), last: !together(message, shown[index + 1]), pinned: message.pinned};
}

function dayMark(message, keys) {
  const key = `day-${day(message.date)}`;
  keys.add(key);
  if (!kept.has(key)) kept.set(key, {node: el("li", {class: "day"}, el("span", {}, day(message.date)))});
  return kept.get(key).node;
}

function node(message, chat, group) {
  const sign = signature(message, group);
  const known = kept.get(message.key);
  if (known?.sign === sign) return known.node;
  const made = messageElement(message, chat, group, on(chat));
  const parts = {".keyboard": JSON.stringify(message.buttons), ".photo": JSON.stringify([message.photo, message.spoiler])};
  if (known) keepParts(known, made, parts);
  kept.set(message.key, {sign, node: made, parts});
  return made;
}

// A press must not miss because a countdown was edited under the finger, nor a picture blink.
function keepParts(known, made, parts) {
  for (const [selector, sign] of Object.entries(parts)) {
    const old = known.node.querySelector(selector);
    if (old && known.parts[selector] === sign) made.querySelector(selector)?.replaceWith(old);
  }
}

const on = (chat) => ({
  botName: state.world.bot.username,
  command: (text) => send(chat, text),
  deepLink: (payload) => document.dispatchEvent(new CustomEvent("deep-link", {detail: payload})),
  reply: (message) => target(message, "reply"),
  edit: (message) => target(message, "edit"),
  jump,
});

function jump(key) {
  const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  found?.scrollIntoView({block: "center", behavior: "smooth"});
  found?.classList.remove("changed");
  requestAnimationFrame(() => found?.classList.add("changed"));
}

export function forget() {
  kept.clear();
}

export function watchScroll() {
  const scroll = byId("scroll");
  const end = () => (scroll.scrollTop = scroll.scrollHeight);
  scroll.addEventListener("scroll", () => {
    byId("to-end").hidden = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 90;
  }, {passive: true});
  byId("to-end").addEventListener("click", end);
  // Photos and the keyboard change heights after the fact.
  const settle = new ResizeObserver(() => byId("to-end").hidden && end());
  settle.observe(scroll);
  settle.observe(byId("messages"));
}
