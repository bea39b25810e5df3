// The world outside: the gateway's controls, Telegram's mishaps, who is in the chat.

import {el, byId, icon, toast, arrange} from "./dom.js";
import {act, get} from "./api.js";
import {filled, lang, plural, word} from "./words.js";
import {tourOpener} from "./tour.js";
import {chatById, isAdmin, isHere, state} from "./state.js";

const EVERY_MS = 1000;
const cards = new Map(); // what is shown → {sign, node}
let outside = null; // the gateway's last word
let away = false;

// What a group may let its plain members send: [label, right].
const RIGHTS = [["rightWords", "can_send_messages"], ["rightPhotos", "can_send_photos"], ["rightFiles", "can_send_documents"]];
const FAULTS = [
  ["normal", null],
  ["tooMany", {kind: "429", seconds: 30}],
  ["slow", {kind: "slow", seconds: 3}],
  ["failing", {kind: "500"}],
  ["outage", {kind: "outage"}],
];

export function watchPanel() {
  const turn = async () => {
    if (document.visibilityState === "visible") {
      await look();
      drawPanel();
    }
    setTimeout(turn, EVERY_MS);
  };
  turn();
}

async function look() {
  try {
    state.world.faults = (await get("/sandbox/world")).faults;
  } catch {
    return;
  }
  if (!state.world.panel_url) return;
  try {
    outside = await get(`${state.world.panel_url}/sandbox/state`);
    away = false;
  } catch {
    away = true;
  }
}

export function drawPanel() {
  const sections = [
    keep("title", [], title),
    ...(state.world.panel_url ? gateway() : [keep("none", [], () => note(word("noPanel")))]),
    keep("telegram", state.world.faults, telegram),
    keep("place", place(), placeSection),
    keep("rights", rights(), rightsSection),
    tourOpener(),
  ];
  arrange(byId("outside"), sections);
}

// Rebuild a part only when what it shows has changed, so that focus and pressed buttons stay.
function keep(name, shown, build) {
  const sign = JSON.stringify([shown, lang()]);
  const known = cards.get(name);
  if (known?.sign === sign) return known.node;
  const node = build(shown);
  cards.set(name, {sign, node});
  return node;
}

const note = (text) => el("p", {class: "panel-note"}, text);

const title = () =>
  el("header", {class: "panel-head"},
    el("h2", {id: "outside-title"}, word("outside")),
    el("button", {type: "button", class: "round quiet panel-close", "aria-label": word("close"), data: {testid: "panel-close"},
      onclick: () => document.body.classList.remove("panel-open")}, icon("close")));

function gateway() {
  if (away || !outside) return [keep("away", away, () => note(away ? word("panelAway") : "…"))];
  const cardsShown = outside.companies.map((company) => keep(`company-${company.id}`, company, companyCard));
  return [...cardsShown, keep("gateway", outside.gateway, gatewaySection)];
}

function companyCard(company) {
  const state_ = company.state in word("states") ? company.state : "unknown";
  const facts = [company.phone ? `+${company.phone.replace(/^\+/, "")}` : null, plural("files", company.files)].filter(Boolean);
  return el(
    "section",
    {class: "card company", data: {testid: "company", company: company.id, state: company.state}},
    el("header", {},
      el("div", {}, el("b", {dir: "auto"}, company.name || company.id), el("small", {}, company.id)),
      el("span", {class: "state", data: {state: state_, testid: "company-state"}, title: company.raw}, word("states")[state_])),
    el("p", {class: "facts"}, facts.join(" · "), company.qr_alive ? el("span", {class: "qr-alive"}, word("qrAlive")) : null),
    company.acts.length ? buttons(company.acts, company.id) : null,
  );
}

const gatewaySection = (shown) =>
  el("section", {class: "card"}, el("h3", {}, word("gateway")), buttons(shown.acts, null));

const buttons = (acts, company) =>
  el("div", {class: "acts"}, ...acts.map((one) => {
    const node = el("button", {type: "button", class: one.danger ? "danger" : "", data: {testid: "panel-action", act: one.act},
      onclick: () => outsideAct(node, company, one.act)}, one[`label_${lang()}`] ?? one.act);
    return node;
  }));

async function outsideAct(node, company, name) {
  node.disabled = true;
  try {
    const answer = await fetch(`${state.world.panel_url}/sandbox/act`, {
      method: "POST",
      headers: {"Content-Type": "application/json"},
      body: JSON.stringify({company, act: name}),
    });
    if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error ?? `HTTP ${answer.status}`);
    await look();
    drawPanel();
  } catch (error) {
    toast(`${word("failed")}: ${error.message}`, "bad");
  }
  node.disabled = false;
}

function telegram(faults) {
  const choose = async (fault) => {
    await act("clear_faults");
    if (fault) await act("fault", fault);
    await look();
    drawPanel();
  };
  const isOn = (fault) => (fault ? faults.includes(fault.kind) : !faults.length);
  return el("section", {class: "card"}, el("h3", {}, word("telegram")),
    el("div", {class: "segments"}, ...FAULTS.map(([name, fault]) =>
      el("button", {type: "button", "aria-pressed": String(isOn(fault)), data: {testid: "fault", fault: name}, onclick: () => choose(fault)}, word(name)))));
}

// What can be done with the open chat: [label, act, body, whom it names].
function place() {
  const chat = chatById(state.open);
  if (!chat) return [];
  if (chat.person_id !== null)
    return chat.blocked ? [] : [["blockBot", "block_bot", {person_id: chat.person_id}]];
  const bot = state.world.bot.id;
  const stranger = state.world.people.find((person) => person.role === "stranger");
  const where = {chat_id: chat.id};
  const choices = [];
  if (!isHere(chat, bot)) choices.push(["addBot", "add_bot", where]);
  else {
    const admin = isAdmin(chat, bot);
    choices.push([admin ? "botMember" : "botAdmin", "set_bot_admin", {...where, admin: !admin}], ["kickBot", "kick_bot", where]);
  }
  if (stranger) {
    const here = isHere(chat, stranger.id);
    choices.push([here ? "leave" : "join", here ? "leave" : "join", {...where, person_id: stranger.id}, stranger.name]);
  }
  return choices;
}

function placeSection(choices) {
  if (!choices.length) return el("div", {hidden: true});
  const run = (name, body) => act(name, body).catch((error) => toast(`${word("failed")}: ${error.message}`, "bad"));
  return el("section", {class: "card"}, el("h3", {}, word("place")),
    el("div", {class: "acts"}, ...choices.map(([label, name, body, person]) =>
      el("button", {type: "button", data: {testid: "place-action", act: name}, onclick: () => run(name, body)}, filled(word(label), {name: person})))));
}

// The open group and what its members may not send; nothing where the bot is an administrator, who may all.
function rights() {
  const chat = chatById(state.open);
  const bot = state.world.bot.id;
  if (!chat || chat.person_id !== null || !isHere(chat, bot) || isAdmin(chat, bot)) return null;
  return {chat_id: chat.id, denied: chat.denied};
}

function rightsSection(shown) {
  if (!shown) return el("div", {hidden: true});
  const {chat_id, denied} = shown;
  const turn = (right) => {
    const left = denied.includes(right) ? denied.filter((one) => one !== right) : [...denied, right];
    act("set_permissions", {chat_id, denied: left}).catch((error) => toast(`${word("failed")}: ${error.message}`, "bad"));
  };
  return el("section", {class: "card"}, el("h3", {}, word("rights")),
    el("div", {class: "segments"}, ...RIGHTS.map(([label, right]) =>
      el("button", {type: "button", "aria-pressed": String(!denied.includes(right)), data: {testid: "right", right}, onclick: () => turn(right)}, word(label)))));
}
