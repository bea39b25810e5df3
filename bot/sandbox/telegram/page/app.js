// The page: it loads the world, listens to what happens, and draws.

import {el, byId, toast} from "./dom.js";
import {listen} from "./api.js";
import {drawChat, forget, watchScroll} from "./chat.js";
import {send} from "./composer.js";
import {drawList} from "./list.js";
import {takeAnswer} from "./message.js";
import {drawPanel, watchPanel} from "./panel.js";
import {drawTour, toggled} from "./tour.js";
import {speak, word} from "./words.js";
import {chatById, chats, isHere, load, markAllRead, personById, state, take} from "./state.js";

const WIDE = matchMedia("(min-width: 761px)");
let drawing = false;

function draw() {
  if (drawing) return;
  drawing = true;
  // Many events of one moment make one drawing; a hidden page draws too, tests look at it.
  setTimeout(() => {
    drawing = false;
    drawList(open);
    drawChat(close);
    drawTitle();
    drawTour();
  }, 0);
}

function drawTitle() {
  byId("speaker-word").textContent = word("speakAs");
  byId("outside-button").querySelector("span").textContent = word("outside");
  byId("to-end").setAttribute("aria-label", word("toEnd"));
  byId("phone").setAttribute("aria-label", word("messenger"));
  byId("about-title").textContent = word("aboutTitle");
  byId("about-text").textContent = word("about");
}

function drawPeople() {
  const options = [];
  for (const person of state.world.people) {
    options.push(option(String(person.id), `${person.name} · ${word(person.role)}`));
    const admin = state.world.chats.some((chat) => chat.members.some((m) => m.id === person.id && m.admin));
    if (admin) options.push(option(`${person.id}:anonymous`, `${person.name} · ${word("anonymous")}`));
  }
  const select = byId("person");
  select.replaceChildren(...options);
  select.value = state.anonymous ? `${state.me.id}:anonymous` : String(state.me.id);
}

const option = (value, label) => el("option", {value}, label);

function become(value) {
  const [id, anonymous] = value.split(":");
  state.me = personById(Number(id)) ?? state.world.people[0];
  state.anonymous = anonymous === "anonymous";
  sessionStorage.setItem("speaker", value);
  speak(state.world.language ?? state.me.language);
  if (!state.open || !isHere(chatById(state.open), state.me.id)) state.open = null;
  forget();
  drawPeople();
  drawPanel();
  draw();
}

function open(id) {
  state.open = id;
  state.topic = null;
  sessionStorage.setItem("open", String(id));
  draw();
  drawPanel();
  if (WIDE.matches) requestAnimationFrame(() => byId("input")?.focus({preventScroll: true}));
}

function close() {
  state.open = null;
  sessionStorage.removeItem("open");
  draw();
  drawPanel();
}

let early = null; // events that come while the world is being loaded

function hear(event) {
  if (early) {
    early.push(event);
    return;
  }
  if (event.type === "answer") {
    takeAnswer(event);
    return;
  }
  if (event.type === "tour") {
    state.world.tour = event.tour;
    draw();
    return;
  }
  if (!take(event)) return;
  if (event.type === "chat") drawPanel();
  if (event.type === "typing") setTimeout(draw, 5100);
  draw();
}

async function refresh() {
  const first = state.me === null;
  early = [];
  await load();
  markAllRead();
  if (first) {
    state.open = Number(sessionStorage.getItem("open")) || null;
    become(sessionStorage.getItem("speaker") ?? String(state.world.people[0].id));
    if (!state.open && WIDE.matches) open(chats().find((chat) => chat.person_id === null)?.id ?? null);
    document.body.dataset.ready = "1";
  } else become(state.anonymous ? `${state.me.id}:anonymous` : String(state.me.id));
  const missed = early;
  early = null;
  missed.forEach(hear);
}

function connect() {
  listen({
    onevent: hear,
    onopen: async () => {
      state.online = true;
      await refresh();
    },
    onlost: () => {
      if (state.online && state.me) toast(word("offline"), "bad");
      state.online = false;
    },
  });
}

function wire() {
  byId("person").addEventListener("change", (event) => become(event.target.value));
  byId("outside-button").addEventListener("click", () => document.body.classList.add("panel-open"));
  byId("scrim").addEventListener("click", () => document.body.classList.remove("panel-open"));
  document.addEventListener("keydown", (event) => event.key === "Escape" && document.body.classList.remove("panel-open"));
  document.addEventListener("visibilitychange", draw);
  document.addEventListener("deep-link", (event) => {
    open(state.me.id);
    send(chatById(state.me.id), `/start ${event.detail}`);
  });
  for (const dialog of document.querySelectorAll("dialog"))
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  watchScroll();
  toggled(() => {
    draw();
    drawPanel();
  });
}

wire();
connect();
watchPanel();
