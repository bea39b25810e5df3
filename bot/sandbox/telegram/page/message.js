// One message as an element.

import {el, icon, avatar, copy, toast, alertDialog} from "./dom.js";
import {act} from "./api.js";
import {pictured} from "./emoji.js";
import {formatted} from "./entities.js";
import {clockTime, lang, word} from "./words.js";
import {chatById, isAdmin, state} from "./state.js";

const ANSWER_WAIT_MS = 15000;
const answers = new Map(); // query id → function that takes the bot's answer
const early = new Map(); // answers that came before the press was confirmed

// What the element depends on: when it is the same, the element can stay.
export function signature(message, {first, last, pinned}) {
  const {order, changed, arrived, ...shown} = message;
  return JSON.stringify([shown, first, last, pinned, lang(), state.me.id]);
}

export function messageElement(message, chat, group, on) {
  if (message.service) return service(message);
  const own = message.from.id === state.me.id;
  const side = own ? "own" : "other";
  const fresh = message.changed && Date.now() - message.changed < 1500 ? "changed" : "";
  const arrived = message.arrived && Date.now() - message.arrived < 600 ? "arrived" : "";
  const node = el(
    "li",
    {
      class: `message ${side} ${group.first ? "first" : ""} ${group.last ? "last" : ""} ${fresh} ${arrived}`,
      data: {testid: "message", key: message.key, sender: String(message.from.id)},
    },
    chat.person_id === null && !own ? (group.last ? face(message) : el("span", {class: "avatar gap"})) : null,
    el("div", {class: "stack"}, bubble(message, chat, group, own, on), keyboard(message, chat, on)),
  );
  node.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, button, .copyable")) return;
    event.preventDefault();
    actions(message, chat, own, on);
  });
  return node;
}

const face = (message) =>
  avatar(message.from.id, message.from.name, {bot: message.from.id === state.world.bot.id});

function bubble(message, chat, group, own, on) {
  const media = message.photo ? photo(message) : null;
  const text = message.text
    ? el("div", {class: "text", dir: "auto", data: {testid: "message-text"}}, formatted(message.text, message.entities, on))
    : null;
  const parts = message.caption_above ? [text, media] : [media, text];
  return el(
    "div",
    {class: `bubble ${message.photo ? "with-photo" : ""} ${message.receiver_id ? "ephemeral" : ""}`},
    chat.person_id === null && !own && group.first ? sender(message) : null,
    message.receiver_id ? el("div", {class: "only-you", data: {testid: "ephemeral"}}, icon("eye"), word("onlyYou")) : null,
    message.reply_to ? quote(message.reply_to, on) : null,
    ...parts,
    message.document ? file(message.document) : null,
    meta(message),
    el("button", {type: "button", class: "kebab", "aria-label": word("more"), data: {testid: "message-more"},
      onclick: () => actions(message, chat, own, on)}, icon("more")),
  );
}

function sender(message) {
  const hidden = message.from.anonymous;
  const name = hidden ? chatById(message.chat_id).title : message.from.name;
  const tone = message.from.id === state.world.bot.id ? "bot" : String(message.from.id % 6);
  const note = hidden ? word("anonAdmin") : message.from.is_bot ? word("bot") : "";
  return el("div", {class: "sender", data: {tone}}, name, note ? el("span", {class: "badge-word"}, note) : null);
}

function quote(answered, on) {
  return el(
    "button",
    {type: "button", class: "quote", data: {testid: "quote"}, onclick: () => on.jump(answered.key)},
    el("b", {}, answered.name),
    el("span", {dir: "auto"}, ...pictured(answered.text || word("photo"))),
  );
}

function photo(message) {
  const id = `${message.chat_id}:${message.key}:${message.photo.file_id}`;
  const image = el("img", {
    src: message.photo.url,
    width: message.photo.width,
    height: message.photo.height,
    alt: message.text || word("photo"),
    draggable: message.protect_content ? "false" : null,
    data: {testid: "photo", fileId: message.photo.file_id},
  });
  const box = el("div", {class: "photo"}, image);
  if (message.protect_content) image.addEventListener("contextmenu", (event) => event.preventDefault());
  if (message.spoiler && !state.revealed.has(id)) {
    box.classList.add("covered");
    const reveal = () => {
      state.revealed.add(id);
      box.classList.remove("covered");
      cover.remove();
    };
    const cover = el("button", {type: "button", class: "cover", data: {testid: "reveal"}, onclick: reveal},
      el("span", {class: "pill"}, icon("eye"), word("reveal")));
    box.append(cover);
  }
  return box;
}

const file = (document_) =>
  el("a", {class: "file", href: document_.url, download: document_.name, data: {testid: "document"}},
    el("span", {class: "file-mark"}, icon("file")),
    el("span", {}, el("b", {}, document_.name), el("small", {}, size(document_.size_bytes))));

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`);

function meta(message) {
  const loud = message.from.id === state.world.bot.id && !message.silent;
  return el(
    "span",
    {class: "meta"},
    message.protect_content ? mark("lock", "protected") : null,
    message.pinned ? icon("pin", word("pinned")) : null,
    loud ? mark("bell", "loud") : null,
    message.edits ? el("span", {data: {testid: "edited"}}, word("edited")) : null,
    el("time", {datetime: new Date(message.date * 1000).toISOString()}, clockTime(message.date)),
  );
}

function mark(picture, name) {
  const node = icon(picture, word(name));
  node.dataset.testid = name;
  return node;
}

function keyboard(message, chat, on) {
  if (!message.buttons.length) return null;
  const rows = message.buttons.map((row) =>
    el("div", {class: "row"}, ...row.map((button) => inlineButton(button, message, chat, on))));
  return el("div", {class: "keyboard"}, ...rows);
}

function inlineButton(button, message, chat, on) {
  const shared = {class: `inline ${button.style ?? ""}`, data: {testid: "button", kind: kindOf(button)}, dir: "auto"};
  if (button.url) {
    const whole = [{type: "text_link", offset: 0, length: button.text.length, url: button.url}];
    const node = formatted(button.text, whole, on).querySelector("a");
    node.className = shared.class;
    Object.assign(node.dataset, shared.data);
    node.append(icon("link", word("opensLink")));
    return node;
  }
  if (button.disabled) return el("button", {...shared, type: "button", disabled: ""}, ...pictured(button.text));
  if (button.copy_text) {
    const take = () => copy(button.copy_text.text, word("copied"));
    return el("button", {...shared, type: "button", onclick: take}, ...pictured(button.text), icon("copy", word("copies")));
  }
  const node = el("button", {...shared, type: "button", onclick: () => press(node, button, message, chat)}, ...pictured(button.text));
  return node;
}

const kindOf = (button) => (button.url ? "url" : button.disabled ? "disabled" : button.copy_text ? "copy" : "data");

async function press(node, button, message, chat) {
  if (node.classList.contains("waiting")) return;
  node.classList.add("waiting");
  const body = {person_id: state.me.id, chat_id: chat.id, message_id: message.key};
  try {
    const {query_id: id} = await act("press_data", {...body, data: button.callback_data ?? ""});
    const answer = early.get(id) ?? (await answered(id));
    early.delete(id);
    show(answer);
  } catch (error) {
    toast(`${word("failed")}: ${error.message}`, "bad");
  }
  node.classList.remove("waiting");
}

function answered(id) {
  return new Promise((resolve, reject) => {
    answers.set(id, resolve);
    setTimeout(() => answers.delete(id) && reject(new Error(word("noAnswer"))), ANSWER_WAIT_MS);
  });
}

function show(answer) {
  if (!answer.text) return;
  if (answer.show_alert) alertDialog(answer.text, word("ok"));
  else toast(answer.text);
}

// The bot's answer to a press, from the event stream.
export function takeAnswer(event) {
  const waiting = answers.get(event.query_id);
  answers.delete(event.query_id);
  if (waiting) waiting(event);
  else early.set(event.query_id, event);
}

function actions(message, chat, own, on) {
  const dialog = document.getElementById("actions");
  const choice = (label, mark, run, danger) =>
    el("button", {type: "button", class: danger ? "danger" : "", onclick: () => (dialog.close(), run())}, icon(mark), label);
  const canDelete = own || chat.person_id !== null || isAdmin(chat, state.me.id);
  const remove = () =>
    act("delete", {person_id: state.me.id, chat_id: chat.id, message_id: message.key}).catch((error) => toast(error.message, "bad"));
  dialog.replaceChildren(
    ...[
      message.receiver_id ? null : choice(word("reply"), "reply", () => on.reply(message)),
      own && !message.photo ? choice(word("edit"), "edit", () => on.edit(message)) : null,
      message.text && !message.protect_content ? choice(word("copies"), "copy", () => copy(message.text, word("copied"))) : null,
      canDelete ? choice(word("remove"), "bin", remove, true) : null,
      choice(word("cancel"), "close", () => {}),
    ].filter(Boolean),
  );
  dialog.showModal();
}

function service(message) {
  const {kind} = message.service;
  const line = message.service.name.split("\n")[0];
  const name = line.length > 36 ? `${line.slice(0, 35)}…` : line;
  const words = {
    new_chat_members: `${name} ${word("joined")}`,
    left_chat_member: `${name} ${word("left")}`,
    pinned_message: `${message.from.name} ${word("pins")} «${name || word("photo")}»`,
    migrate_to_chat_id: word("migrated"),
    migrate_from_chat_id: word("migrated"),
    forum_topic_created: `${word("topicOpened")}: ${name}`,
    forum_topic_closed: word("topicClosed"),
    forum_topic_reopened: word("topicReopened"),
  };
  return el("li", {class: "service", data: {testid: "service", key: message.key}}, el("span", {}, ...pictured(words[kind] ?? kind)));
}
