// Text with entities as elements. Offsets are UTF-16 units, as JavaScript counts too.

import {el, copy, toast} from "./dom.js";
import {pictured} from "./emoji.js";
import {moment, word} from "./words.js";

const TAGS = {bold: "strong", italic: "em", underline: "u", strikethrough: "s", blockquote: "blockquote"};

// `on.command(text)` and `on.deepLink(payload)` take taps; `on.botName` is the bot's username.
export function formatted(text, entities, on) {
  const fragment = document.createDocumentFragment();
  fill(fragment, text, 0, text.length, entities, on);
  return fragment;
}

function fill(parent, text, start, end, entities, on) {
  let at = start;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const stop = Math.min(entity.offset + entity.length, end);
    if (entity.offset < at) {
      index += 1;
      continue;
    }
    const inside = [];
    let next = index + 1;
    while (next < entities.length && entities[next].offset < stop) inside.push(entities[next++]);
    if (entity.offset > at) parent.append(...pictured(text.slice(at, entity.offset)));
    const node = wrap(entity, text.slice(entity.offset, stop), on);
    if (!node.dataset.done) fill(node, text, entity.offset, stop, inside, on);
    parent.append(node);
    at = stop;
    index = next;
  }
  if (end > at) parent.append(...pictured(text.slice(at, end)));
}

function wrap(entity, marked, on) {
  switch (entity.type) {
    case "code":
    case "pre":
      return code(entity, marked);
    case "text_link":
      return link(entity.url, on);
    case "url":
      return link(marked.includes("://") ? marked : `https://${marked}`, on);
    case "bot_command":
      return el("button", {type: "button", class: "command", data: {testid: "command"}, onclick: () => on.command(marked)});
    case "spoiler":
      return spoiler();
    case "expandable_blockquote":
      return expandable();
    case "date_time":
      return time(entity, marked);
    case "mention":
    case "text_mention":
      return el("span", {class: "mention"});
    default:
      return el(TAGS[entity.type] ?? "span");
  }
}

function code(entity, marked) {
  const node = el(entity.type === "pre" ? "pre" : "code", {
    tabindex: "0",
    role: "button",
    class: "copyable",
    data: {testid: "code"},
  });
  node.addEventListener("click", () => copy(marked, word("copied")));
  node.addEventListener("keydown", (event) => event.key === "Enter" && copy(marked, word("copied")));
  return node;
}

function link(url, on) {
  const deep = new RegExp(`^(?:https?://)?t\\.me/${on.botName}\\?start(?:group)?=([\\w-]+)`, "i").exec(url);
  if (deep) {
    const follow = (event) => {
      event.preventDefault();
      on.deepLink(deep[1]);
    };
    return el("a", {href: url, onclick: follow});
  }
  if (!/^https?:/i.test(url)) return el("a", {href: "#", onclick: (event) => (event.preventDefault(), toast(url))});
  return el("a", {href: url, target: "_blank", rel: "noopener noreferrer"});
}

function spoiler() {
  const node = el("span", {class: "spoiler", role: "button", tabindex: "0", data: {testid: "spoiler"}});
  const open = () => node.classList.add("open");
  node.addEventListener("click", open);
  node.addEventListener("keydown", (event) => event.key === "Enter" && open());
  return node;
}

function expandable() {
  const node = el("blockquote", {class: "folded", tabindex: "0", data: {testid: "expandable"}});
  const turn = () => node.classList.toggle("folded");
  node.addEventListener("click", turn);
  node.addEventListener("keydown", (event) => event.key === "Enter" && turn());
  return node;
}

function time(entity, marked) {
  const format = entity.date_time_format ?? "";
  const shown = () => (format ? moment(entity.unix_time, format) : marked);
  const iso = new Date(entity.unix_time * 1000);
  const node = el("time", {datetime: iso.toISOString(), title: iso.toLocaleString()}, shown());
  node.dataset.done = "1";
  if (format.includes("r")) {
    const timer = setInterval(() => (node.isConnected ? (node.textContent = shown()) : clearInterval(timer)), 5000);
  }
  return node;
}
