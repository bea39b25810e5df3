// What the page knows: the world, the messages of each chat, who speaks, what is open.

import {get} from "./api.js";

export const state = {
  world: {people: [], chats: [], bot: {}, faults: [], panel_url: null, language: null, tour: []},
  messages: new Map(), // chat id → messages, oldest first
  me: null, // the person who speaks
  anonymous: false,
  open: null, // the open chat's id
  topic: null,
  typing: new Map(), // chat id → {until, action}
  seen: new Map(), // "person:chat" → how far this person has read
  revealed: new Set(), // spoilers opened
  count: 0, // numbers messages in the order they came
  online: true,
};

export async function load() {
  state.world = await get("/sandbox/world");
  state.messages.clear();
  for (const chat of state.world.chats) {
    state.messages.set(chat.id, (await get(`/sandbox/chats/${chat.id}/messages`)).map(numbered));
  }
}

const numbered = (message) => Object.assign(message, {order: ++state.count});

export const chatById = (id) => state.world.chats.find((chat) => chat.id === id);

export const personById = (id) => state.world.people.find((person) => person.id === id);

export function isHere(chat, personId) {
  return chat.person_id === null
    ? chat.members.some((member) => member.id === personId)
    : chat.person_id === personId;
}

export const isAdmin = (chat, personId) =>
  chat.members.some((member) => member.id === personId && member.admin);

// The chats this person has, the liveliest first.
export function chats() {
  return state.world.chats
    .filter((chat) => isHere(chat, state.me.id))
    .sort((a, b) => (latest(b)?.order ?? 0) - (latest(a)?.order ?? 0));
}

// What this person sees in a chat; an ephemeral message hides the one it replaces.
export function visible(chat) {
  const mine = (state.messages.get(chat.id) ?? []).filter(
    (message) => message.receiver_id === null || message.receiver_id === state.me.id,
  );
  const hidden = new Set(mine.map((message) => message.replaces).filter(Boolean));
  return mine.filter((message) => !hidden.has(message.key));
}

export const latest = (chat) => visible(chat).at(-1);

const readKey = (chat) => `${state.me.id}:${chat.id}`;

export function unread(chat) {
  const seen = state.seen.get(readKey(chat)) ?? 0;
  return visible(chat).filter((m) => m.order > seen && m.from.id !== state.me.id && !m.service).length;
}

export function markRead(chat) {
  state.seen.set(readKey(chat), state.count);
}

export function markAllRead() {
  for (const person of state.world.people)
    for (const chat of state.world.chats) state.seen.set(`${person.id}:${chat.id}`, state.count);
}

// Take an event in; true when it changed what a chat shows.
export function take(event) {
  if (event.chat) replaceChat(event.chat);
  const list = state.messages.get(event.chat_id);
  if (event.type === "typing") {
    state.typing.set(event.chat_id, {until: Date.now() + 5000, action: event.action});
    return true;
  }
  if (!event.message || !list) return Boolean(event.chat);
  const at = list.findIndex((message) => message.key === event.message.key);
  if (event.type === "delete") {
    if (at >= 0) list.splice(at, 1);
  } else if (at >= 0) {
    quoteAnew(list, list[at], event.message);
    list[at] = {...event.message, order: list[at].order, changed: event.type === "edit" ? Date.now() : list[at].changed};
  } else if (event.type === "message") {
    list.push({...numbered(event.message), arrived: Date.now()});
    if (event.message.from.is_bot) state.typing.delete(event.chat_id);
  }
  return true;
}

// A reply shows what it answers as that reads now; words that were quoted stay as they were.
function quoteAnew(list, before, now) {
  list.forEach((message, n) => {
    const answered = message.reply_to;
    if (answered && answered.key === before.key && answered.text === before.text) {
      list[n] = {...message, reply_to: {...answered, text: now.text}};
    }
  });
}

function replaceChat(chat) {
  const at = state.world.chats.findIndex((known) => known.id === chat.id);
  if (at >= 0) state.world.chats[at] = chat;
  else state.world.chats.push(chat);
  if (!state.messages.has(chat.id)) state.messages.set(chat.id, []);
}
