// The list of chats a person has.

import {el, avatar, byId} from "./dom.js";
import {pictured} from "./emoji.js";
import {clockTime, word} from "./words.js";
import {chats, latest, personById, state, unread} from "./state.js";

export function drawList(open) {
  const items = chats().map((chat) => item(chat, open));
  byId("list").replaceChildren(el("h1", {}, word("chats")), ...items);
  byId("list").setAttribute("aria-label", word("chats"));
}

export const chatName = (chat) => (chat.person_id === null ? chat.title : "Re:pair");

export const chatAvatar = (chat) =>
  chat.person_id === null ? avatar(chat.id, chat.title) : avatar(state.world.bot.id, "Re", {bot: true});

function item(chat, open) {
  const message = latest(chat);
  const count = unread(chat);
  return el(
    "button",
    {
      type: "button",
      class: `chat-item ${state.open === chat.id ? "open" : ""}`,
      data: {testid: "chat-item", chatId: String(chat.id)},
      onclick: () => open(chat.id),
    },
    chatAvatar(chat),
    el(
      "span",
      {class: "chat-item-text"},
      el("span", {class: "chat-item-top"},
        el("b", {}, chatName(chat)),
        message ? el("time", {}, clockTime(message.date)) : null),
      el("span", {class: "chat-item-bottom"},
        el("span", {class: "preview", dir: "auto"}, ...pictured(message ? preview(message, chat) : word("empty"))),
        count ? el("span", {class: "badge", data: {testid: "unread"}, "aria-label": `${count} ${word("unread")}`}, String(count)) : null),
    ),
  );
}

function preview(message, chat) {
  const author = message.from.id === state.me.id ? word("you") : personById(message.from.id)?.name;
  const text = message.text || (message.photo ? word("photo") : message.document ? word("file") : "…");
  const line = text.split("\n").find((part) => part.trim()) ?? "";
  return chat.person_id === null && author ? `${author}: ${line}` : line;
}
