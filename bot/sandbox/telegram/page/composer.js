// Where a person writes: text, the menu of commands, Start.

import {el, icon, byId, toast} from "./dom.js";
import {act, get} from "./api.js";
import {word} from "./words.js";
import {isAdmin, isHere, state, visible} from "./state.js";

let reply = null;
let editing = null;
let shownFor = "";

const fail = (error) => toast(`${word("failed")}: ${error.message}`, "bad");

export function send(chat, text, more = {}) {
  const body = {person_id: state.me.id, chat_id: chat.id, text, ...more};
  if (state.topic) body.thread_id = state.topic;
  if (state.anonymous && chat.person_id === null && isAdmin(chat, state.me.id)) body.anonymous = true;
  return act("say", body).catch(fail);
}

// Draw the foot anew when the chat, the person or what they may do has changed.
export function drawFoot(chat) {
  const idle = chat.person_id !== null && (chat.blocked || !visible(chat).length);
  const kind = !isHere(chat, state.me.id) ? "away" : idle ? (chat.blocked ? "blocked" : "start") : "write";
  const key = [kind, chat.id, state.me.id, state.anonymous, document.documentElement.lang].join();
  if (key === shownFor) return;
  shownFor = key;
  reply = editing = null;
  byId("menu").hidden = true;
  const foot = byId("foot");
  if (kind === "away") foot.replaceChildren(el("p", {class: "foot-note"}, word("notMember")));
  else if (kind === "write") foot.replaceChildren(...writer(chat));
  else foot.replaceChildren(starter(chat));
}

const starter = (chat) =>
  el("button", {type: "button", class: "solid wide", data: {testid: "start"}, onclick: () => send(chat, "/start")},
    word(chat.blocked ? "unblock" : "start"));

function writer(chat) {
  const input = el("textarea", {
    id: "input", rows: "1", dir: "auto", placeholder: word("write"), "aria-label": word("write"),
    enterkeyhint: "send", autocomplete: "off", data: {testid: "composer"},
  });
  const grow = () => {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 132)}px`;
  };
  const submit = () => {
    const text = input.value.trim();
    if (!text) return;
    input.value = "";
    grow();
    const wish = {reply, editing};
    target(null, null);
    byId("menu").hidden = true;
    if (wish.editing)
      act("edit", {person_id: state.me.id, chat_id: chat.id, message_id: wish.editing.key, text}).catch(fail);
    else send(chat, text, wish.reply ? {reply_to: wish.reply.key} : {});
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape") target(null, null);
  });
  input.addEventListener("input", () => {
    grow();
    suggest(chat, input);
  });
  return [
    el("div", {class: "target", id: "target", hidden: true}),
    el("form", {class: "writer", onsubmit: (event) => (event.preventDefault(), submit())},
      el("button", {type: "button", class: "round quiet", "aria-label": word("commands"), title: word("commands"),
        data: {testid: "menu-button"}, onclick: () => toggleMenu(chat, input)}, icon("slash")),
      input,
      el("button", {type: "submit", class: "round send", "aria-label": word("send"), data: {testid: "send"}}, icon("send"))),
  ];
}

// The message the next one replies to or replaces.
export function target(message, kind) {
  reply = kind === "reply" ? message : null;
  editing = kind === "edit" ? message : null;
  const bar = byId("target");
  if (!bar) return;
  bar.hidden = !message;
  if (!message) return;
  const input = byId("input");
  if (editing) input.value = message.text;
  bar.replaceChildren(
    icon(editing ? "edit" : "reply"),
    el("span", {}, el("b", {}, word(editing ? "editing" : "replyTo")), el("span", {dir: "auto"}, message.text || word("photo"))),
    el("button", {type: "button", class: "round quiet", "aria-label": word("cancel"), onclick: () => {
      if (editing) input.value = "";
      target(null, null);
    }}, icon("close")),
  );
  input.focus();
}

async function toggleMenu(chat, input) {
  const menu = byId("menu");
  if (!menu.hidden) {
    menu.hidden = true;
    return;
  }
  fillMenu(chat, await menuOf(chat).catch(() => []), input);
}

async function suggest(chat, input) {
  const typed = /^\/(\w*)$/.exec(input.value);
  if (!typed) {
    byId("menu").hidden = true;
    return;
  }
  const fitting = (await menuOf(chat).catch(() => [])).filter((command) => command.command.startsWith(typed[1]));
  if (input.value === typed[0] && fitting.length) fillMenu(chat, fitting, input);
  else byId("menu").hidden = true;
}

const menuOf = (chat) => get(`/sandbox/menu?person=${state.me.id}&chat=${chat.id}`);

function fillMenu(chat, commands, input) {
  // In a group the command names its bot, as it does on a phone.
  const suffix = chat.person_id === null ? `@${state.world.bot.username}` : "";
  const choose = (command) => {
    byId("menu").hidden = true;
    input.value = "";
    send(chat, `/${command.command}${suffix}`);
  };
  const items = commands.map((command) =>
    el("button", {type: "button", data: {testid: "menu-item", command: command.command}, onclick: () => choose(command)},
      el("b", {}, `/${command.command}`), command.is_ephemeral ? icon("eye", word("onlyYou")) : null,
      el("span", {dir: "auto"}, command.description)));
  const menu = byId("menu");
  menu.replaceChildren(...(items.length ? items : [el("p", {}, word("noCommands"))]));
  menu.hidden = false;
}
